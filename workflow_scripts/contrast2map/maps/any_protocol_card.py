"""The model card of the network of any protocol, every number from the run that trained it."""

from contrast2map.imaging.protocol import SLOTS
from contrast2map.maps.card import NOT_A_DEVICE
from contrast2map.study.terms import MEANING_OF_T1, PARAMETER_NAMES, PARAMETER_UNITS
from contrast2map.tables import layout


def write(facts):
    """Return the model card as Markdown.

    Args:
        facts: Content of the model's file (`calibrate_any_protocol`).
    """
    trained = facts["trained"]
    return "\n".join(
        [
            "# T1 and T2 maps from any of six kinds of scan",
            "",
            "**SIMULATED: trained on simulated scans only, never on an image of a person.**",
            "",
            NOT_A_DEVICE,
            "",
            "## Model",
            "",
            "One network reads any non-empty subset of "
            f"{', '.join(slot.replace('_', ' ') for slot in SLOTS)}. It is "
            "told the protocol of each scan, as far as it is known, and gives the logarithms of T1 "
            "and T2 of each voxel, each with a spread. The spread is multiplied by a factor that "
            f"was calibrated on {facts['calibration']['n_visits']} simulated visits, so that 90 % "
            "intervals hold for visits like those. For real scans, their coverage is unchecked.",
            "",
            MEANING_OF_T1,
            "",
            "## Training",
            "",
            "- Anatomy: 20 label maps of real heads (SynthSeg, Billot et al. 2023, Apache-2.0) "
            "and the ICBM152 template, deformed. Relaxation times, proton density, lesions, "
            "protocols, coil fields and noise were drawn at random for each patch.",
            f"- {trained['n_steps']:,} steps of {facts['batch_size']} patches"
            f"{_continued(trained)}, {trained['hours']:.1f} hours on {trained['machine']}, "
            f"{trained['keras']}, {trained['precision']}.",
            "",
            "Parameters of the simulated protocols; beyond them the verdict is fail:",
            "",
            *_protocols(facts["learned"]),
            "",
            "## Errors on simulated visits that were not trained on",
            "",
            "Persons much more diverse than life, any subset of the scans, in all tissues of the "
            "brain. [docs/any_protocol.md] of the project has errors by tissue, subset and "
            "protocol.",
            "",
            *_errors(facts["errors"]),
            "",
            "## Limitations",
            "",
            "- No real scan was used in training. Real scans differ from simulated ones "
            "(docs/realism.md of the project).",
            "- T2 above 0.5 s is not distinguished: such voxels show at most 0.5 s.",
            "- Scans divided by scales of their own hardly tell T2 of a whole person.",
            "- Adult heads; field strengths of 1.5 and 3 T.",
            "",
        ]
    )


def _continued(trained):
    return ", continued from an earlier network" if trained.get("start_from") else ""


def _protocols(learned):
    lines = ["| scan | parameters |", "| --- | --- |"]
    for slot, ranges in learned.items():
        words = ", ".join(
            f"{PARAMETER_NAMES[name]} {low:.3g} to {high:.3g} {PARAMETER_UNITS[name]}"
            for name, (low, high) in ranges.items()
        )
        lines.append(f"| {slot.replace('_', ' ')} | {words} |")
    return lines


def _errors(errors):
    lines = ["| | mean error (%) | mean absolute error (%) |", "| --- | --- | --- |"]
    for quantity, each in errors.items():
        bias, error = (
            layout.number(100 * each[key]) for key in ("relative_bias", "relative_error")
        )
        lines.append(f"| {quantity} | {bias} | {error} |")
    return lines
