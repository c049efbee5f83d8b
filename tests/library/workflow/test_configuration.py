"""Every wrong configuration is refused in one line with the key and the remedy."""

import pytest
import yaml

from contrast2map.workflow import configuration
from contrast2map.workflow.configuration import ConfigurationError

ABSENT = object()


def set_value(config, path, value):
    *parents, last = path.split(".")
    for part in parents:
        config = config[int(part) if part.isdigit() else part]
    if value is ABSENT:
        del config[last]
    else:
        config[last] = value


def message_of(config, schema, texts=None):
    with pytest.raises(ConfigurationError) as error:
        configuration.check(config, schema, texts or {})
    message = str(error.value)
    assert message.startswith("config: ") and "\n" not in message
    return message


def test_the_default_configuration_passes(config, schema):
    configuration.check(config, schema, {"config.yaml": yaml.safe_dump(config)})


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("training.batchsize", 8, ["training", "'batchsize'", "did you mean 'batch_size'?"]),
        ("trainign", {}, ["top level", "'trainign'", "did you mean 'training'?"]),
        ("unet.zzz", 1, ["unet", "'zzz'", "known keys: initialiser_sd, n_convolutions"]),
        ("simulation.tissues.gm.T1_ms", 1, ["simulation.tissues.gm", "did you mean 'T1_s'?"]),
        ("contrasts.0.sequence.T1_s", 1, ["contrasts.0.sequence", "'T1_s'", "did you mean"]),
        ("training.n_epochs", ABSENT, ["training", "missing key 'n_epochs'"]),
        (
            "contrasts.2.sequence.TI_s",
            ABSENT,
            ["contrasts: 'flair'", "missing key 'TI_s'"],
        ),
        ("training.n_epochs", -1, ["training.n_epochs", "-1 is less than the minimum of 1"]),
        ("training.n_epochs", "many", ["training.n_epochs", "'many'", "integer"]),
        ("training.learning_rate", 0, ["training.learning_rate", "0 is less than or equal to"]),
        ("training.schedule", "one_cycle", ["training.schedule", "exponential, cosine"]),
        ("training.validation_subjects", -1, ["training.validation_subjects", "minimum of 0"]),
        ("unet.initialiser_sd", "glorot", ["unet.initialiser_sd", "above 0, or he"]),
        ("unet.initialiser_sd", 0, ["unet.initialiser_sd", "above 0, or he"]),
        ("training.ssim_data_range", -1, ["training.ssim_data_range"]),
        ("simulation.tissues.wm.T1_s", 823, ["simulation.tissues.wm.T1_s", "not milliseconds"]),
        ("seed", -1, ["seed", "minimum of 0"]),
        ("study", "my study", ["study", "my study"]),
        ("folds.n_folds", 1, ["folds.n_folds"]),
        ("cohort.source", "dicom", ["cohort.source", "'dicom'", "one of: simulated, bids"]),
        (
            "preprocessing.brain_extraction.engine",
            "bet2",
            ["preprocessing.brain_extraction.engine", "'bet2'", "auto, fsl, embedded"],
        ),
        ("contrasts.0.sequence.type", "bssfp", ["contrasts.0.sequence.type", "'bssfp'"]),
        ("contrasts.0.file", "/data/sub-{subject}.nii.gz", ["contrasts.0.file"]),
        ("contrasts.0.file", "anat/T1w.nii.gz", ["contrasts.0.file", "{subject}"]),
        ("input_sets", [["mprage", "t2w"]], ["input_sets", "'t2w'", "mprage, gre, flair"]),
        ("input_sets", [["gre", "gre"]], ["input_sets", "'gre' is named twice"]),
        ("input_sets", [["gre", "flair"], ["flair", "gre"]], ["input_sets", "twice"]),
        ("report.lesion_contrast", "dwi", ["report.lesion_contrast", "'dwi'", "or null"]),
        ("training.seeds", [1, 1], ["training.seeds", "non-unique"]),
        ("training.seeds", [], ["training.seeds"]),
        ("evaluation.equivalence_margin_percent.T2", 0, ["equivalence_margin_percent.T2"]),
        ("cohort.lesion_mask", "lesions.nii.gz", ["cohort.lesion_mask", "{subject}"]),
        ("target_contrast", "t2w", ["target_contrast", "'t2w'", "mprage, gre, flair"]),
        ("simulation.scan.snr", {"mprage": 40, "gre": 40}, ["simulation.scan.snr", "'flair'"]),
        (
            "simulation.anatomy.lesion_diameter_mm",
            {"minimum": 7, "median": 6, "maximum": 15},
            ["simulation.anatomy.lesion_diameter_mm"],
        ),
        ("training.patch_size", [80, 72], ["training.patch_size", "72", "16", "choose 64"]),
        ("training.patch_size", [80, 72], ["2 ** 4, of the pretrained network"]),
        ("training.start", "imagenet", ["training.start", "'imagenet'", "scratch, pretrained"]),
        ("fine_tuning.learning_rate", 0, ["fine_tuning.learning_rate"]),
    ],
)
def test_a_wrong_value_is_refused_in_one_line(config, schema, path, value, words):
    set_value(config, path, value)
    message = message_of(config, schema)
    assert [word for word in words if word not in message] == [], message


def test_as_many_constant_epochs_as_epochs_are_allowed(config, schema):
    config["training"]["n_epochs_constant"] = config["training"]["n_epochs"]
    configuration.check(config, schema, {})


@pytest.mark.parametrize("name", ["n_epochs_constant", "n_epochs_frozen"])
def test_more_epochs_of_a_kind_than_epochs_are_refused(config, schema, name):
    config["training"][name] = config["training"]["n_epochs"] + 1
    message = message_of(config, schema)
    assert f"training.{name}" in message
    assert f"at most {config['training']['n_epochs']}" in message


SPIN_ECHO = {"type": "spin_echo", "TR_s": 0.6, "TE_s": 0.015}
FAST_SPIN_ECHO = {
    "type": "fast_spin_echo",
    "TR_s": 4.5,
    "TE_s": 0.1,
    "equivalent_TE_s": 0.1,
    "echo_train_duration_s": 0.2,
}


@pytest.mark.parametrize("sequence", [SPIN_ECHO, FAST_SPIN_ECHO])
def test_spin_echoes_need_exactly_their_parameters(config, schema, sequence):
    config["contrasts"][1]["sequence"] = dict(sequence)
    configuration.check(config, schema, {})
    for name in set(sequence) - {"type"}:
        config["contrasts"][1]["sequence"] = {k: v for k, v in sequence.items() if k != name}
        assert f"missing key '{name}'" in message_of(config, schema)
        config["contrasts"][1]["sequence"] = sequence | {name: -1}
        assert f"contrasts.1.sequence.{name}: -1 is less than" in message_of(config, schema)
    config["contrasts"][1]["sequence"] = sequence | {"flip_angle_deg": 90}
    assert "unknown key 'flip_angle_deg'" in message_of(config, schema)


def test_a_simulated_scan_needs_the_parameters_and_a_type_that_can_be_simulated(config, schema):
    config["contrasts"][2]["sequence"] = {"type": "flair", "TR_s": 4.8}
    message = message_of(config, schema)
    assert "contrasts: 'flair'" in message and "cohort.source bids" in message
    for name in ("TI_s", "TE_s", "equivalent_TE_s", "inversion_efficiency"):
        assert name in message
    config["contrasts"][2]["sequence"] = {"type": "other"}
    message = message_of(config, schema)
    assert "contrasts: 'flair'" in message and "type other cannot be simulated" in message


def of_own_cohort(config, *types):
    config["cohort"] |= {"source": "bids", "path": "mine"}
    for contrast, kind in zip(config["contrasts"], types, strict=True):
        contrast["sequence"] = {"type": kind}


@pytest.mark.parametrize("start", ["scratch", "pretrained"])
def test_a_scan_of_an_own_cohort_needs_only_the_type_of_its_sequence(config, schema, start):
    of_own_cohort(config, "mprage", "spoiled_gradient_echo", "flair")
    config["training"]["start"] = start
    configuration.check(config, schema, {})


def test_an_own_sequence_of_another_type_is_an_input_but_not_the_target(config, schema):
    of_own_cohort(config, "mprage", "other", "flair")
    config["training"]["start"] = "scratch"
    configuration.check(config, schema, {})
    config["target_contrast"] = "gre"
    message = message_of(config, schema)
    assert "'gre' may not be T1-weighted" in message and "choose mprage" in message
    assert "parameters" not in message


def test_a_target_whose_type_alone_does_not_tell_its_contrast_needs_its_parameters(config, schema):
    of_own_cohort(config, "spin_echo", "spoiled_gradient_echo", "flair")
    config["training"]["start"] = "scratch"
    message = message_of(config, schema)
    assert "'mprage' may not be T1-weighted" in message and "add the parameters" in message
    config["contrasts"][0]["sequence"] = dict(SPIN_ECHO)
    configuration.check(config, schema, {})


@pytest.mark.parametrize(
    ("kind", "word"), [("spin_echo", "gives no TR_s and TE_s"), ("other", "gre has type other")]
)
def test_a_pretrained_network_refuses_a_scan_whose_kind_is_unclear(config, schema, kind, word):
    of_own_cohort(config, "mprage", kind, "flair")
    message = message_of(config, schema)
    assert word in message
    assert "training.start to scratch" in message


def test_timings_that_do_not_fit_are_refused_with_their_contrast(config, schema):
    config["contrasts"][1]["sequence"] = SPIN_ECHO | {"TE_s": 0.7}
    message = message_of(config, schema)
    assert "contrasts: 'gre'" in message and "does not fit in TR 0.6 s" in message


def test_a_target_that_is_not_t1_weighted_is_refused_with_suitable_contrasts(config, schema):
    config["target_contrast"] = "flair"
    message = message_of(config, schema)
    assert "'flair' is not T1-weighted" in message
    assert "gives csf < wm < gm; choose mprage or gre" in message


def test_without_a_t1_weighted_contrast_no_target_is_suitable(config, schema):
    t2w = {"name": "t2w", "file": config["contrasts"][0]["file"], "sequence": FAST_SPIN_ECHO}
    config |= {"contrasts": [t2w], "target_contrast": "t2w", "input_sets": [["t2w"]]}
    config["report"]["lesion_contrast"] = None
    message = message_of(config, schema)
    assert "gives wm < gm < csf; no contrast is suitable" in message


def test_a_contrast_may_have_a_separate_grid(config, schema):
    grid = {"matrix": [320, 320, 48], "voxel_mm": [0.72, 0.72, 3.0]}
    config["simulation"]["scan"]["grids"] = {"flair": grid}
    configuration.check(config, schema, {})
    config["simulation"]["scan"]["grids"] = {"t2w": grid}
    assert "simulation.scan.grids: 't2w' is not among" in message_of(config, schema)


def test_a_contrast_named_twice_is_refused(config, schema):
    config["contrasts"][1]["name"] = "mprage"
    assert "contrasts: 'mprage' is named twice" in message_of(config, schema)


def test_a_group_named_twice_is_refused(config, schema):
    config["simulation"]["groups"][1]["name"] = "MS"
    assert "simulation.groups" in message_of(config, schema)


def test_a_bids_cohort_needs_a_path(config, schema):
    config["cohort"]["source"] = "bids"
    assert "cohort.path" in message_of(config, schema)
    config["cohort"]["path"] = "data"
    configuration.check(config, schema, {})


@pytest.mark.parametrize(
    "path", ["lesion_mask", "provided.brain_mask", "provided.transforms.gre", "tissues"]
)
def test_orientations_are_not_repaired_beside_provided_files(config, schema, path):
    config["preprocessing"]["orientation"] = "repair"
    configuration.check(config, schema, {})
    path = {"tissues": "provided.tissue_segmentation.file"}.get(path, path)
    file = "sub-{subject}/file.txt" if "transforms" in path else "sub-{subject}/file.nii.gz"
    set_value(config["cohort"], path, file)
    message = message_of(config, schema)
    assert "preprocessing.orientation" in message and "cohort.provided" in message


def test_a_bids_cohort_needs_no_noise_level_of_a_simulation(config, schema):
    config["cohort"] |= {"source": "bids", "path": "data"}
    config["simulation"]["scan"]["snr"] = {}
    configuration.check(config, schema, {})


def test_lesions_of_one_single_size_are_refused_or_drawn_in_finite_time(config, schema):
    sizes = {"minimum": 6.0, "median": 6.0, "maximum": 6.0}
    config["simulation"]["anatomy"]["lesion_diameter_mm"] = sizes
    assert "lesion_diameter_mm" in message_of(config, schema)


def test_labels_of_excluded_slices_that_yaml_reads_as_numbers_are_refused(config, schema):
    config["cohort"]["excluded_slices"] = yaml.safe_load("{01: [3]}")
    assert "excluded_slices" in message_of(config, schema)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("seed: 1\nstudy: a\nseed: 2\n", ["line 3", "'seed'"]),
        ("study: a\ntraining:\n  n_epochs: 1\n  n_epochs: 2\n", ["line 4", "'n_epochs'"]),
        ("contrasts:\n  - name: a\n    name: b\n", ["line 3", "'name'"]),
    ],
)
def test_a_key_given_twice_is_refused_with_its_line(config, schema, text, words):
    message = message_of(config, schema, {"my.yaml": text})
    assert [word for word in ["my.yaml", "twice", *words] if word not in message] == [], message


def test_the_same_key_in_two_mappings_is_accepted():
    configuration.check_unique_keys("my.yaml", "a: {name: 1}\nb: {name: 2}\n")
    configuration.check_unique_keys("empty.yaml", "")


def test_patches_of_a_unet_must_fit_its_levels(config, schema):
    config["training"]["start"] = "scratch"
    config["unet"]["n_levels"] = 6
    message = message_of(config, schema)
    assert "80 is not a multiple of 64 (2 ** unet.n_levels); choose 64" in message


def test_a_pretrained_network_needs_contrasts_of_different_kinds(config, schema):
    second = next(each for each in config["contrasts"] if each["name"] == "gre")
    first = next(each for each in config["contrasts"] if each["name"] == "mprage")
    second["sequence"] = dict(first["sequence"])
    message = message_of(config, schema)
    assert "gre is the same kind of scan as mprage" in message
    assert "training.start to scratch" in message


def test_settings_of_the_start_that_is_not_used_affect_no_network(config):
    before = configuration.training_settings(config)
    config["training"]["n_epochs"] += 1
    config["unet"]["n_filters"] += 1
    assert configuration.training_settings(config) == before
    config["training"]["validation_subjects"] += 1
    assert configuration.training_settings(config) == before
    config["fine_tuning"]["n_epochs"] += 1
    assert configuration.training_settings(config) != before
    config["training"]["start"] = "scratch"
    assert "n_warm_up_steps" not in configuration.training_settings(config)


def test_new_persons_are_used_where_signals_can_be_calculated(config):
    wanted = config["training"]["new_persons"]
    assert wanted["T1_sd"] > 0
    assert configuration.new_persons_of(config) == (wanted, None)
    config["training"]["new_persons"] = None
    assert configuration.new_persons_of(config) == (None, None)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("contrasts.1.sequence", {"type": "spoiled_gradient_echo"}, ["'gre'", "TR_s and"]),
        ("contrasts.1.sequence", {"type": "other"}, ["'gre'", "a type with a signal equation"]),
        ("preprocessing.normalisation.method", "session", ["by session"]),
    ],
)
def test_why_new_persons_are_not_used_is_said(config, key, value, words):
    *folders, name = key.split(".")
    part = config
    for folder in folders:
        part = part[int(folder)] if folder.isdigit() else part[folder]
    part[name] = value
    used, reason = configuration.new_persons_of(config)
    assert used is None and reason.startswith("training.new_persons is not used")
    assert all(word in reason for word in words)
