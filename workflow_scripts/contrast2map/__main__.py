"""The command line: `python -m contrast2map maps`."""

import argparse
import os
import sys

from contrast2map import __version__
from contrast2map.jobs import logs, processor
from contrast2map.maps import bundle

# Before TensorFlow is imported: its words are for those who build it.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

UNUSABLE = 2
STOPPED = 130  # as a shell says it of a process that Ctrl-C ended
DESCRIPTION = """\
T1 and T2 maps of new scans, by a model that a study trained.

Give the scans of one head, each by the name that its contrast has in the model
(--mprage FILE --gre FILE --flair FILE for the paper's three), or a BIDS dataset.
Each scan is a NIfTI or a folder with the DICOMs of one series.
With --model, --help names the scans that the model wants."""
EPILOG = """\
In OUTPUT (a BIDS derivative): sub-*_T1map.nii.gz and sub-*_T2map.nii.gz in seconds, in the space
of the target scan; their spread over the model's networks; brain mask and tissue; and sub-*.html,
a page with pictures and the verdict.

Exit code: 0 the verdict is pass or warn; 1 it is fail (the maps are there, do not use them), or a
subject of the dataset could not be used; 2 no maps could be made, one line says why.
Research software, not a medical device."""


def main(arguments=None):
    """Run the command; returns its exit code."""
    try:
        given, scans = _parse(sys.argv[1:] if arguments is None else arguments)
        # Here: a question for help must not wait for TensorFlow.
        bundle.find(given.model)
        from contrast2map.maps.command import make_maps

        return make_maps(
            model=given.model,
            output=given.output,
            scans=scans or None,
            bids=given.bids,
            subjects=given.subject,
            session=given.session,
            run=given.run,
            brain_mask=given.brain_mask,
            all_folds=given.all_folds,
            force=given.force,
            report=lambda line: print(line, flush=True),
            complain=lambda line: print(f"contrast2map: {line}", file=sys.stderr),
        )
    except (ValueError, OSError) as error:
        print(f"contrast2map: {' '.join(str(error).split())}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("contrast2map: stopped; nothing was written", file=sys.stderr)
        return STOPPED


def _parse(arguments):
    """Known options, and the scans by their contrasts' names."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("command", nargs="?")
    first.add_argument("--model")
    contrasts = _contrasts_of(first.parse_known_args(arguments)[0].model)
    parser = _Parser(prog="python -m contrast2map", description=f"contrast2map {__version__}")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="maps")
    maps = commands.add_parser(
        "maps",
        help="T1 and T2 maps of new scans",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    one = maps.add_argument_group("scans of one head")
    for name in contrasts:
        one.add_argument(f"--{name}", metavar="PATH", dest=f"scan_{name}", help=f"{name} scan")
    if not contrasts:
        one.add_argument("--<contrast>", metavar="PATH", dest="no_scan", help="a scan each")
    one.add_argument("--brain-mask", metavar="FILE", help="on the target scan's grid")
    many = maps.add_argument_group("or scans of a dataset")
    many.add_argument("--bids", metavar="FOLDER", help="BIDS dataset laid out like the training's")
    many.add_argument("--session", metavar="LABEL", help="where subjects have several")
    many.add_argument("--run", type=int, metavar="NUMBER", help="where a scan has several")
    maps.add_argument(
        "--subject",
        nargs="+",
        default=[],
        metavar="LABEL",
        help="label of the head in the output (01), or which subjects of the dataset (all)",
    )
    maps.add_argument(
        "--model", required=True, metavar="FOLDER", help="results/<study>, or a bundle of it"
    )
    maps.add_argument("--output", required=True, metavar="FOLDER", help="where the maps go")
    maps.add_argument("--force", action="store_true", help="replace maps of the same subject")
    maps.add_argument(
        "--all-folds",
        action="store_true",
        help="let networks predict that were trained on this very head",
    )
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        bundle.find(given.model)  # without a model no option is known; that is said first
        options = ", ".join(f"--{name}" for name in contrasts)
        parser.exit(
            UNUSABLE,
            f"contrast2map: {unknown[0]} is no option; this model's scans are {options}\n",
        )
    scans = {name: getattr(given, f"scan_{name}") for name in contrasts}
    return given, {name: path for name, path in scans.items() if path}


class _Parser(argparse.ArgumentParser):
    """A parser that says in one line what is wrong."""

    def error(self, message):
        self.exit(UNUSABLE, f"contrast2map: {message}; see --help\n")


def _contrasts_of(model):
    """Names of the scans of all bundles at a path, in order; none where there is no model."""
    if model is None:
        return []
    try:
        found = bundle.find(model)
    except bundle.BundleError:
        return []  # told by `main`, after the other words on the command line
    return list(dict.fromkeys(n for facts in found.values() for n in bundle.scans_of(facts)))


def run():
    """Run the command as a program of its own: only its own words reach the terminal."""
    logs.silence_libraries()
    processor.prepare()
    return main()


if __name__ == "__main__":
    sys.exit(run())
