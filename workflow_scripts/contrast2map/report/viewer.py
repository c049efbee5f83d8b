"""The report's viewer as a part of a page: its texts, its data and the NiiVue program."""

import base64
import gzip
import importlib.util
import json
from pathlib import Path

from markupsafe import Markup

from contrast2map.learning.spread import FLIPS
from contrast2map.report import page, viewer_volumes
from contrast2map.study.contrast_names import usual_name

NIIVUE = "_assets/js/niivue.umd.js"  # in nilearn's wheel
ORDINALS = {2: "second", 3: "third", 4: "fourth"}


def part_of_page(inputs, config, simulated):
    """The viewer's part of the report; empty if the study chose no subjects for it.

    Args:
        inputs: Dict mapping the names of the report's inputs to paths.
        config: The study's configuration.
        simulated: Whether the cohort is simulated.
    """
    if not inputs["viewer"]:
        return ""
    return fill(
        template=Path(inputs["viewer_template"]).read_text(),
        script=Path(inputs["viewer_script"]).read_text(),
        program=packed_niivue(),
        found=json.loads(Path(inputs["viewer"]).read_text()),
        target=config["target_contrast"],
        n_seeds=len(config["training"]["seeds"]),
        simulated=simulated,
    )


def fill(template, script, program, found, target, n_seeds, simulated):
    """Fill in the viewer's part of the report.

    Args:
        template: Text of its jinja2 template.
        script: Text of its own program.
        program: Result of `packed_niivue`.
        found: Content of the file that `embed_maps` wrote: subjects, every, n_chosen, panels,
            poster.
        target: Name of the target scan.
        n_seeds: Number of seeds, hence of networks per fold from which the spread is computed.
        simulated: Whether the cohort is simulated.

    Returns:
        Markup to insert into a page.
    """
    subjects, every = found["subjects"], found["every"]
    word = "simulated subject" if simulated else "subject"
    if not subjects:
        return Markup("<p>No volume is small enough for <code>report.viewer_mb</code>.</p>")
    names = ["subjects", "every", "panels"]
    data = json.dumps({name: found[name] for name in names}, separators=(",", ":"))
    data = data.replace("<", "\\u003c")  # nothing in it can end the script element
    return Markup(
        page.render(
            template,
            shown=len(subjects),
            who=word if len(subjects) == 1 else f"{word}s",
            has_groups=any(each["group"] for each in subjects),
            n_chosen=found["n_chosen"],
            step_T1=f"{viewer_volumes.STEPS_MS['T1']:g}",
            step_T2=f"{viewer_volumes.STEPS_MS['T2']:g}",
            n_members=n_seeds * len(FLIPS),
            networks="the network" if n_seeds == 1 else f"the networks of {n_seeds} seeds",
            subjects=[
                {
                    "subject": each["subject"],
                    "group": each["group"],
                    "correlations": correlations(each["maps"]),
                }
                for each in subjects
            ],
            thinned=thinned(len(subjects), found["n_chosen"], every),
            simulated=simulated,
            target=usual_name(target),
            megabytes=f"{(len(data) + len(program)) / 1e6:.1f}",
            poster=found["poster"],
            poster_words=poster_words(subjects[0]["subject"], found["panels"]["T1"], simulated),
            data=Markup(data),
            niivue=Markup(program),
            script=Markup(script),
        )
    )


def poster_words(subject, panels, simulated):
    """Description of the picture that is shown until the viewer is opened.

    Args:
        subject: Label of the subject.
        panels: List of dicts of title, unit, low and high, from the left.
        simulated: Whether the cohort is simulated.
    """
    windows = [
        f"{of['title']} ({of['low']:g} to {of['high']:g} {of['unit']})".replace("-", "\u2212")
        for of in panels
    ]
    name = f"{'simulated ' if simulated else ''}sub-{subject}"
    return (
        f"Middle axial slice of {name}, from left to right: {', '.join(windows)}. The subject's "
        "left is on the left."
    )


def correlations(maps):
    """Rank correlation between spread and absolute error for each quantity, as text.

    Args:
        maps: Dict mapping quantity to a dict whose "correlation" is a number or None.
    """
    return " and ".join(f"{quantity} {_signed(of['correlation'])}" for quantity, of in maps.items())


def _signed(correlation):
    if correlation is None:
        return "unknown"
    return f"{correlation:.2f}".replace("-", "\u2212")


def thinned(n_shown, n_chosen, every):
    """What was omitted to keep the page small, as text; empty if nothing was omitted."""
    words = []
    if every > 1:
        words.append(f"only every {ORDINALS.get(every, f'{every}th')} axial slice is shown")
    if n_shown < n_chosen:
        n_omitted = n_chosen - n_shown
        verb = "is" if n_omitted == 1 else "are"
        words.append(f"{n_omitted} of the {n_chosen} chosen subjects {verb} omitted")
    return " and ".join(words)


def find_niivue(package="nilearn"):
    """Path of NiiVue's program in nilearn's wheel, which is not imported.

    Raises:
        FileNotFoundError: nilearn is not installed, or its version does not contain NiiVue.
    """
    spec = importlib.util.find_spec(package)
    path = Path(spec.origin).parent / NIIVUE if spec and spec.origin else None
    if path is None or not path.is_file():
        raise FileNotFoundError(
            f"the viewer of the report is part of nilearn 0.14.1 ({NIIVUE}), which was not found; "
            "run python -m pip install --no-deps nilearn==0.14.1 (it works without the newer "
            "`packaging` that it asks for), or set report.n_viewer_subjects to 0"
        )
    return path


def packed_niivue(package="nilearn"):
    """NiiVue's program, gzipped, as base64.

    Raises:
        FileNotFoundError: As `find_niivue`.
    """
    return base64.b64encode(gzip.compress(find_niivue(package).read_bytes(), 9, mtime=0)).decode()
