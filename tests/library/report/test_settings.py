"""The report lists the settings that the study uses."""

from contrast2map.report import settings
from contrast2map.workflow import configuration


def names_of(config):
    return [name for name, _ in settings.content(config)["settings"]]


def sections_of(config):
    return {name.partition(".")[0] for name in names_of(config)}


def test_a_simulated_fine_tuned_study_has_no_settings_of_the_unet(config):
    sections = sections_of(config)
    assert {"simulation", "fine_tuning", "training"} <= sections and "unet" not in sections
    assert "training.n_epochs" not in names_of(config)
    unused = settings.content(config)["unused_settings"]
    assert "unet" in unused and "ssim_weight" in unused and "simulation" not in unused


def test_a_study_from_scratch_has_no_settings_of_fine_tuning(config):
    config["training"]["start"] = "scratch"
    assert "fine_tuning" not in sections_of(config)
    assert {"unet.n_filters", "training.n_epochs"} <= set(names_of(config))
    assert settings.content(config)["unused_settings"] == "fine_tuning"


def test_a_study_of_scans_has_only_the_settings_of_the_simulation_that_it_uses(config):
    config["cohort"] |= {"source": "bids", "path": "cohort"}
    names = [name for name in names_of(config) if name.startswith("simulation.")]
    assert "simulation.tissues.gm.T1_s" in names
    assert all(
        name.split(".")[1:3] in (["tissues", t] for t in ("csf", "gm", "wm")) for name in names
    )
    assert "simulation" in settings.content(config)["unused_settings"]


def test_the_settings_of_training_are_those_that_fine_tuning_uses(config):
    used = configuration.training_settings(config)
    used = {name for name in used if name not in config["fine_tuning"]}
    config["training"]["start"] = "scratch"
    of_every_start = config["training"].keys() - configuration.training_settings(config).keys()
    assert set(settings.OF_FINE_TUNING) == used | of_every_start
