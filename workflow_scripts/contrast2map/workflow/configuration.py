"""Check the configuration of a study before any job starts."""

import difflib

import yaml
from jsonschema import Draft202012Validator

from contrast2map.any_protocol import sequences
from contrast2map.imaging.expected_contrast import (
    BRAIN_TISSUES,
    OTHER,
    expected_tissue_order,
    missing_parameters,
)
from contrast2map.learning import new_persons

# Names that rules use for inputs and outputs, roles of files, and options of `maps`.
RESERVED = set(
    "T1 T2 behaviour bids brain brain_extraction brain_mask coverage description figure folds "
    "force gate gates help lesion_mask lesions model models output package provided quality "
    "reference registration roi_means rois run scans session sidecars slice_errors "
    "slice_selection slices structure_segmentation structures style subject template tissue "
    "tissue_segmentation transforms verdict version".split()
)


PRETRAINED = "pretrained"
N_HALVINGS_PRETRAINED = 4  # of the network for any protocol


class ConfigurationError(ValueError):
    """The study cannot run as configured; the one-line message names the required change."""


def check(config, schema, config_texts):
    """Raise on the first error in a configuration.

    Args:
        config: The merged configuration, as nested dicts and lists.
        schema: JSON schema of the configuration.
        config_texts: Dict mapping the name of each configuration file to its YAML text.

    Raises:
        ConfigurationError: One line with the key, the problem and the remedy.
    """
    for name, text in config_texts.items():
        check_unique_keys(name, text)
    errors = sorted(Draft202012Validator(schema).iter_errors(config), key=_depth_then_path)
    if errors:
        raise ConfigurationError(f"config: {_describe(errors[0])}")
    _check_contrasts(config)
    if config["cohort"]["source"] == "simulated":
        for contrast in config["contrasts"]:
            _check_can_be_simulated(contrast)
    _check_tissue_order(config)
    _check_cohort(config)
    _check_network(config)


def check_subjects(config, subjects):
    """Raise if the configuration names a subject that is not in the cohort.

    Args:
        config: The merged configuration.
        subjects: Labels of the cohort's subjects.

    Raises:
        ConfigurationError: One line that names the label.
    """
    for label in config["cohort"]["excluded_slices"]:
        if label not in subjects:
            raise ConfigurationError(
                f"config: cohort.excluded_slices: the cohort has no subject '{label}'; use labels "
                f"such as '{next(iter(subjects))}'"
            )


def check_unique_keys(name, text):
    """Raise if a YAML text has a duplicate key, of which YAML would silently use the last value."""
    for node in _mappings(yaml.compose(text, Loader=yaml.SafeLoader)):
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ConfigurationError(
                    f"config: {name}, line {line}: key '{key.value}' is given twice; keep one"
                )
            seen.add(key.value)


def _mappings(node):
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from _mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from _mappings(value)


def _depth_then_path(error):
    return (len(error.absolute_path), [str(part) for part in error.absolute_path])


def _describe(error):
    where = ".".join(str(part) for part in error.absolute_path) or "top level"
    if error.validator == "additionalProperties":
        known = sorted(error.schema.get("properties", {}))
        unknown = sorted(set(error.instance) - set(known))[0]
        close = difflib.get_close_matches(unknown, known, n=1, cutoff=0.5)
        hint = f"did you mean '{close[0]}'?" if close else f"known keys: {', '.join(known)}"
        return f"{where}: unknown key '{unknown}'; {hint}"
    if error.validator == "required":
        missing = sorted(set(error.validator_value) - set(error.instance))
        return f"{where}: missing key '{missing[0]}'; config/README.md explains it"
    if error.validator == "enum":
        choices = ", ".join(str(choice) for choice in error.validator_value)
        return f"{where}: '{error.instance}' is not one of: {choices}"
    hint = f" ({error.schema['description']})" if "description" in error.schema else ""
    return f"{where}: {error.message}{hint}"


def _check_contrasts(config):
    names = [contrast["name"] for contrast in config["contrasts"]]
    for name in names:
        if names.count(name) > 1:
            raise ConfigurationError(
                f"config: contrasts: '{name}' is named twice; give each contrast its own name"
            )
        if name in RESERVED or name.startswith("transform_"):
            raise ConfigurationError(
                f"config: contrasts: '{name}' is a reserved name; choose another"
            )
    if config["target_contrast"] not in names:
        raise ConfigurationError(
            f"config: target_contrast: '{config['target_contrast']}' is not among the contrasts: "
            f"{', '.join(names)}"
        )
    shown = config["report"]["lesion_contrast"]
    if shown is not None and shown not in names:
        raise ConfigurationError(
            f"config: report.lesion_contrast: '{shown}' is not among the contrasts: "
            f"{', '.join(names)}; choose one of them, or null"
        )
    for number, inputs in enumerate(config["input_sets"]):
        if any(set(inputs) == set(other) for other in config["input_sets"][:number]):
            raise ConfigurationError(
                f"config: input_sets: {inputs} is given twice (the order does not matter); keep one"
            )
        for name in inputs:
            if inputs.count(name) > 1:
                raise ConfigurationError(
                    f"config: input_sets: contrast '{name}' is named twice in {inputs}; keep one"
                )
            if name not in names:
                raise ConfigurationError(
                    f"config: input_sets: '{name}' is not among the contrasts: {', '.join(names)}"
                )


def _check_tissue_order(config):
    """Raise unless the target is T1-weighted, as segmentation and template registration need."""
    tissues, suitable = config["simulation"]["tissues"], []
    for contrast in config["contrasts"]:
        try:
            order = expected_tissue_order(contrast["sequence"], tissues)
        except ValueError as error:
            raise ConfigurationError(
                f"config: contrasts: '{contrast['name']}': sequence: {error}"
            ) from error
        if order == BRAIN_TISSUES:
            suitable.append(contrast["name"])
        if contrast["name"] == config["target_contrast"]:
            order_of_target, kind = order, contrast["sequence"]["type"]
    if config["target_contrast"] not in suitable:
        where = f"config: target_contrast: '{config['target_contrast']}'"
        choice = f"choose {' or '.join(suitable)}" if suitable else "no contrast is suitable"
        needs = f"segmentation needs {' < '.join(BRAIN_TISSUES)} in brightness"
        if order_of_target is None:
            add = "" if kind == OTHER else ", or add the parameters of its sequence"
            raise ConfigurationError(
                f"{where} may not be T1-weighted: {needs}, and type {kind} does not tell; "
                f"{choice}{add}"
            )
        raise ConfigurationError(
            f"{where} is not T1-weighted: {needs}, but its sequence gives "
            f"{' < '.join(order_of_target)}; {choice}"
        )


def _check_cohort(config):
    for label in config["cohort"]["excluded_slices"]:
        if not isinstance(label, str):
            raise ConfigurationError(
                f"config: cohort.excluded_slices: label {label} is a number; quote it, as in '01'"
            )
    source, path = config["cohort"]["source"], config["cohort"]["path"]
    if source == "bids" and path is None:
        raise ConfigurationError(
            "config: cohort.path is null, but cohort.source is bids; set it to the dataset's root"
        )
    if config["preprocessing"]["orientation"] == "repair" and _provides(config["cohort"]):
        raise ConfigurationError(
            "config: preprocessing.orientation: repair cannot be combined with cohort.provided or "
            "cohort.lesion_mask, which are on the grid of a scan before its repair; correct the "
            "affines of the files, or omit what is provided"
        )
    if source == "bids":
        return
    simulation = config["simulation"]
    groups = [group["name"] for group in simulation["groups"]]
    if len(set(groups)) < len(groups):
        raise ConfigurationError("config: simulation.groups: a group is named twice; merge the two")
    for contrast in config["contrasts"]:
        if contrast["name"] not in simulation["scan"]["snr"]:
            raise ConfigurationError(
                f"config: simulation.scan.snr: no value for contrast '{contrast['name']}'; add one"
            )
    for name in simulation["scan"]["grids"]:
        if name not in {contrast["name"] for contrast in config["contrasts"]}:
            raise ConfigurationError(
                f"config: simulation.scan.grids: '{name}' is not among the contrasts; remove it"
            )
    diameter = simulation["anatomy"]["lesion_diameter_mm"]
    if not diameter["minimum"] < diameter["median"] < diameter["maximum"]:
        raise ConfigurationError(
            "config: simulation.anatomy.lesion_diameter_mm: choose minimum < median < maximum"
        )


def _provides(cohort):
    """Whether a cohort brings masks, segmentations or transforms."""
    provided = cohort["provided"]
    files = [provided["brain_mask"], cohort["lesion_mask"], *provided["transforms"].values()]
    files += [
        each["file"] for each in provided.values() if isinstance(each, dict) and "file" in each
    ]
    return any(files)


def _check_can_be_simulated(contrast):
    where = f"config: contrasts: '{contrast['name']}': sequence"
    if contrast["sequence"]["type"] == OTHER:
        raise ConfigurationError(
            f"{where}: type {OTHER} cannot be simulated; choose a type with a signal equation, or "
            "set cohort.source to bids"
        )
    missing = missing_parameters(contrast["sequence"])
    if missing:
        raise ConfigurationError(
            f"{where}: missing key '{missing[0]}'; the simulation needs {', '.join(missing)}. Only "
            "scans of cohort.source bids do without"
        )


def _check_network(config):
    recipe, is_pretrained = config["training"], config["training"]["start"] == PRETRAINED
    n_halvings = N_HALVINGS_PRETRAINED if is_pretrained else config["unet"]["n_levels"]
    divisor = 2**n_halvings
    for size in recipe["patch_size"]:
        if size % divisor:
            name = f"2 ** {n_halvings}, of the pretrained network" if is_pretrained else ""
            raise ConfigurationError(
                f"config: training.patch_size: {size} is not a multiple of {divisor} "
                f"({name or '2 ** unet.n_levels'}); choose {size // divisor * divisor or divisor}"
            )
    for name in ("n_epochs_constant", "n_epochs_frozen"):
        if recipe[name] > recipe["n_epochs"]:
            raise ConfigurationError(
                f"config: training.{name}: is larger than training.n_epochs; choose at most "
                f"{recipe['n_epochs']}"
            )
    if is_pretrained:
        for inputs in config["input_sets"]:
            protocol_of(config, inputs)


def new_persons_of(config):
    """Changes of training slices into other persons', as far as they can be calculated.

    Returns:
        `training.new_persons`, and None; or None, and why it is not used, in one line.
    """
    wanted = config["training"]["new_persons"]
    if not wanted:
        return None, None
    method = config["preprocessing"]["normalisation"]["method"]
    if method not in new_persons.METHODS:
        return None, (
            f"training.new_persons is not used: a slice cannot be normalised anew by {method}"
        )
    for contrast in config["contrasts"]:
        missing = missing_parameters(contrast["sequence"])
        if missing or contrast["sequence"]["type"] == OTHER:
            return None, (
                "training.new_persons is not used: the signal of contrast "
                f"'{contrast['name']}' cannot be calculated; give its sequence "
                f"{' and '.join(missing) or 'a type with a signal equation'}"
            )
    return wanted, None


def protocol_of(config, inputs):
    """What the pretrained network is told of a set of inputs (`sequences.slots_and_numbers`).

    Raises:
        ConfigurationError: The network cannot tell these contrasts apart.
    """
    is_simulated = config["cohort"]["source"] == "simulated"
    field_T = config["simulation"]["field_strength_T"] if is_simulated else None
    try:
        return sequences.slots_and_numbers(config["contrasts"], inputs, field_T)
    except ValueError as error:
        raise ConfigurationError(
            f"config: training.start: the pretrained network cannot read {' + '.join(inputs)}: "
            f"{error}; set training.start to scratch, or change input_sets"
        ) from error


def training_settings(config):
    """The settings on which a study's networks depend, of their own start.

    Returns:
        Dict: fields of `learning.training.TrainingSettings`, or of
        `any_protocol.fine_tuning.FineTuningSettings` for a pretrained start.
    """
    recipe = config["training"]
    if recipe["start"] == PRETRAINED:
        common = {name: recipe[name] for name in ("patch_size", "batch_size", "precision")}
        own = {key: value for key, value in config["fine_tuning"].items() if key != "weights"}
        return common | own
    others = ("start", "seeds", "validation_subjects", "new_persons", "checkpoint_epochs")
    return {key: value for key, value in recipe.items() if key not in others}
