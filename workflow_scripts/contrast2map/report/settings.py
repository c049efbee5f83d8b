"""The report's list of settings: those that the study uses."""

from contrast2map.imaging.expected_contrast import BRAIN_TISSUES
from contrast2map.report.page import flatten

# Settings of `training` that fine-tuning uses; the others are those of `fine_tuning`.
OF_FINE_TUNING = ("start", "seeds", "validation_subjects", "new_persons", "patch_size")
OF_FINE_TUNING += ("batch_size", "precision", "checkpoint_epochs")


def content(config):
    """Settings for the report's template.

    Args:
        config: The study's configuration.

    Returns:
        Dict: `settings` (pairs of dotted name and value, without settings that the study does not
        use) and `unused_settings` (names of those left out, in words).
    """
    used, unused = dict(config), []
    if config["cohort"]["source"] != "simulated":
        # The expected brightness of the tissues is calculated from these values.
        tissues = {name: config["simulation"]["tissues"][name] for name in BRAIN_TISSUES}
        used["simulation"] = {"tissues": tissues}
        unused.append(f"simulation except tissues of {', '.join(BRAIN_TISSUES)}")
    if config["training"]["start"] == "pretrained":
        del used["unet"]
        used["training"] = {name: config["training"][name] for name in OF_FINE_TUNING}
        names = [name for name in config["training"] if name not in OF_FINE_TUNING]
        unused += ["unet", f"training ({', '.join(names)})"]
    else:
        del used["fine_tuning"]
        unused.append("fine_tuning")
    return {"settings": flatten(used), "unused_settings": "; ".join(unused)}
