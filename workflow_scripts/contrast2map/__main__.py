"""The command line: `contrast2map maps`, `export` and `init`, also as `python -m contrast2map`."""

import argparse
import os
import signal
import sys

from contrast2map import __version__
from contrast2map.jobs import logs, processor
from contrast2map.jobs.programs import ProgramError
from contrast2map.maps import bundle, shipped
from contrast2map.workflow import new_study

# Set before TensorFlow is imported, to silence its start-up messages.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

UNUSABLE = 2
STOPPED = 130  # exit code after Ctrl-C, as in shells
DESCRIPTION = """\
Make T1 and T2 maps of new scans with a trained network.

Give either the scans of one head, each with the option named after its kind, or
a BIDS dataset. A scan is a NIfTI file or a folder with the DICOM files of one
series. Its JSON sidecar, or DICOM header, tells the protocol.
The network of this package reads any of the scans below, one or more, of any
protocol. A study's own model needs the scans of its protocol: with --model,
--help lists them."""
EPILOG = """\
OUTPUT is a BIDS derivative. For each subject it contains T1map and T2map in
seconds in the space of the target scan (the first scan listed here that was
given), their uncertainty (half of the 90 % interval; with --model the spread
across networks), the brain mask, tissue labels, and a page sub-*.html with
pictures and the verdict. Where the scans do not tell a value, the map is NaN.

Exit code: 0 if all verdicts are pass or warn; 1 if a verdict is fail (the maps
are written, but must not be used) or a subject of the dataset could not be
mapped; 2 if no maps could be made or a program failed, with the reason on one
line.
Research software, not a medical device."""


def main(arguments=None):
    """Run the command and return its exit code."""
    try:
        given, scans = _parse(sys.argv[1:] if arguments is None else arguments)
        if given.command == "export":
            from contrast2map.maps.export import export

            export(given.output)
            print(f"exported: {given.output}")
            return 0
        if given.command == "init":
            steps = new_study.create(given.folder, given.preset, given.cohort)
            print("\n".join([f"created: {given.folder}", *steps]))
            return 0
        if given.model is not None:
            bundle.find(given.model)
        # Imported here: --help must not wait for TensorFlow.
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
            common_scale=given.common_scale,
            repair_orientation=given.repair_orientation,
            force=given.force,
            report=lambda line: print(line, flush=True),
            complain=lambda line: print(f"contrast2map: {line}", file=sys.stderr),
        )
    except MemoryError as error:
        words = str(error) or "there is too little; close other programs, or use a larger computer"
        print(f"contrast2map: memory: {words}", file=sys.stderr)
        return UNUSABLE
    except (ValueError, OSError, ProgramError) as error:
        print(f"contrast2map: {' '.join(str(error).split())}", file=sys.stderr)
        return UNUSABLE
    except KeyboardInterrupt:
        print("contrast2map: interrupted; no maps of this subject were written", file=sys.stderr)
        return STOPPED


def _parse(arguments):
    """Parse the command line; return the options and the scans by contrast."""
    first = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    first.add_argument("command", nargs="?")
    first.add_argument("--model")
    contrasts = _contrasts_of(first.parse_known_args(arguments)[0].model)
    parser = _Parser(prog="contrast2map", description=f"contrast2map {__version__}")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="{maps,export,init}")
    maps = commands.add_parser(
        "maps",
        help="make T1 and T2 maps of new scans",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    maps.add_argument(
        "--model",
        metavar="FOLDER",
        help="results of a study (results/<study>) or one of its models, to be used instead of "
        "the network of this package",
    )
    maps.add_argument("--output", required=True, metavar="FOLDER", help="folder for the maps")
    maps.add_argument(
        "--subject",
        nargs="+",
        default=[],
        metavar="LABEL",
        help="label of the head in the output (default: 01); with --bids, labels of the subjects "
        "to map (default: all)",
    )
    maps.add_argument("--force", action="store_true", help="replace existing maps of a subject")
    maps.add_argument(
        "--all-folds",
        action="store_true",
        help="for a training subject, use also the networks that were trained on it",
    )
    maps.add_argument(
        "--repair-orientation",
        action="store_true",
        help="turn scans whose head does not lie as their header says (upside down, back to front, "
        "axes exchanged), and the maps with them; left and right cannot be recognised",
    )
    one = maps.add_argument_group("scans of one head")
    for name, meaning in contrasts.items():
        one.add_argument(f"--{name}", metavar="PATH", dest=f"scan_{name}", help=meaning)
    one.add_argument(
        "--common-scale",
        action="store_true",
        help="all scans have the same receiver gain and scaling, as in raw data (rare in exported "
        "images); T2 becomes more accurate",
    )
    one.add_argument(
        "--brain-mask", metavar="FILE", help="brain mask on the grid of the target scan"
    )
    many = maps.add_argument_group("or scans of a dataset")
    many.add_argument(
        "--bids", metavar="FOLDER", help="BIDS dataset with files named as in the training data"
    )
    many.add_argument("--session", metavar="LABEL", help="session, if subjects have several")
    many.add_argument("--run", type=int, metavar="NUMBER", help="run, if scans have several")
    export = commands.add_parser(
        "export",
        help="write the network of this package as ONNX, with a guide",
        description="Write the network of this package as ONNX, with a guide to its inputs.",
        allow_abbrev=False,
    )
    export.add_argument("--output", required=True, metavar="FOLDER", help="new folder")
    presets = new_study.presets()
    width = max(map(len, presets))
    init = commands.add_parser(
        "init",
        help="start a study in a new folder",
        description="Start a study: write its settings, Snakemake profiles, a Snakefile, the list "
        "of its software and a README with its commands into a new folder.",
        epilog="Presets:\n"
        + "\n".join(f"  {name:{width}} {about}" for name, about in presets.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    init.add_argument("folder", metavar="FOLDER", help="new or empty folder; it names the study")
    init.add_argument(
        "--preset",
        nargs="+",
        default=[new_study.DEMO],
        metavar="NAME",
        help="settings to start from, listed below, or a YAML file (default: demo); the last one "
        "takes precedence",
    )
    init.add_argument(
        "--cohort", metavar="FOLDER", help="BIDS dataset of a preset that reads one (paper)"
    )
    given, unknown = parser.parse_known_args(arguments)
    if given.command != "maps":
        if unknown:
            parser.error(f"unknown option {unknown[0]}")
        return given, {}
    if unknown:
        if given.model is not None:
            bundle.find(given.model)  # a missing model is reported first
        options = ", ".join(f"--{name}" for name in contrasts)
        parser.exit(
            UNUSABLE,
            f"contrast2map: unknown option {unknown[0]}; the scans of this model are {options}\n",
        )
    scans = {name: getattr(given, f"scan_{name}") for name in contrasts}
    return given, {name: path for name, path in scans.items() if path}


class _Parser(argparse.ArgumentParser):
    """A parser that reports each error on one line."""

    def error(self, message):
        self.exit(UNUSABLE, f"contrast2map: {message}; see --help\n")


def _contrasts_of(model):
    """Scans of all bundles at a path, or of the package's network, in order, with their meaning."""
    if model is None:
        return shipped.scans()
    try:
        found = bundle.find(model)
    except bundle.BundleError:
        return {}  # `main` reports the error once the rest of the command line is parsed
    return {name: f"{name} scan" for listed in found.values() for name in listed.scans}


def run():
    """Run the command as a program, without the output of libraries on the terminal."""
    logs.silence_libraries()
    processor.prepare()
    # As Ctrl-C: nothing half-written stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return main()


if __name__ == "__main__":
    sys.exit(run())
