"""The network of any protocol as a Model: told the protocol, it reads what scans there are."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from contrast2map.any_protocol.calibration import (
    WIDEST_FACTOR,
    Calibration,
    half_width_of,
    half_width_s,
    is_told,
)
from contrast2map.bids import protocol_sidecar
from contrast2map.imaging.protocol import SLOTS, image_scale
from contrast2map.maps import told_contrast
from contrast2map.maps.model import Model
from contrast2map.maps.scan_kinds import SCAN_KINDS, UNNAMED
from contrast2map.study.terms import PARAMETER_NAMES, PARAMETER_UNITS

NETWORK = "network"
ASSUMED = "mprage"  # without a sidecar: nine of ten T1w scans of BIDS datasets are
SPIN_ECHOES = ("spin_echo", "fast_spin_echo")
T1W_SLOTS = ("mprage", "spoiled_gradient_echo", "t1w_spin_echo")


@dataclass(frozen=True)
class AnyProtocolModel(Model):
    """A Model for one set of scans.

    Attributes:
        learned: Dict mapping slot to a dict that maps sequence parameter to (lowest, highest).
        calibration: any_protocol.calibration.Calibration.
        common_scale: Whether the scans of a visit have the same gain, so that one number divides
            all of them.
        slots: Dict mapping scan to slot; empty before `for_scans`.
        told: Dict mapping slot to the numbers of its protocol.
        withheld: Dict mapping scan to the parameters of its sidecar that the network is not told,
            a dict of numbers by name.
    """

    learned: Mapping = field(default_factory=dict)
    calibration: Calibration | None = None
    common_scale: bool = False
    slots: Mapping = field(default_factory=dict)
    told: Mapping = field(default_factory=dict)
    withheld: Mapping = field(default_factory=dict)

    is_told_protocol = True
    segments_maps = True
    needs_all_scans = False
    abstains = True
    where_evaluated = "docs/any_protocol.md of the project, on simulated heads"
    uncertainty = "uncertainty"

    @property
    def origin(self):
        """Where the maps come from, for the description of a dataset."""
        return (
            f"Network of any protocol that contrast2map {self.version} contains; SHA-256 of its "
            f"weights: {self.sha256}"
        )

    @property
    def notes(self):
        """What a user of its maps must know, one line each."""
        lines = [
            "The network was calibrated on simulated scans: for real scans, the coverage of its "
            "intervals is unchecked."
        ]
        if not self.common_scale:
            lines.append(
                "Each scan was divided by a scale of its own, which removes most of what the "
                "scans tell about the T2 of a whole person: differences of T2 within a head are "
                "measured, differences between persons hardly (docs/normalisation.md)."
            )
        for name, numbers in self.withheld.items():
            for parameter, value in numbers.items():
                lines.append(
                    f"{PARAMETER_NAMES[parameter]} of {name} ({value:g} "
                    f"{PARAMETER_UNITS[parameter]}) is the nominal one of a long echo train, whose "
                    "contrast is that of a shorter one. The network was told none; its intervals "
                    "take this into account."
                )
        return lines

    @property
    def normalisation_words(self):
        """What its normalisation divides, in words that follow "divides"."""
        if self.common_scale:
            return "all scans by the median of the brain in one of them"
        return "each scan by the median of its brain"

    def map_words(self, folds):
        """What a map is, for its sidecar."""
        return (
            "network for any protocol, trained on simulated heads; told the protocol of the scans. "
            "NaN where the 90 % interval reaches beyond a factor of "
            f"{WIDEST_FACTOR} or 1/{WIDEST_FACTOR} of the value"
        )

    def uncertainty_words(self, folds):
        """What the uncertainty is, for its sidecar; `{quantity}` is a placeholder."""
        return (
            "half the length of the 90 % interval of {quantity}, calibrated on simulated persons "
            "and protocols that the training did not contain"
        )

    def uncertainty_caption(self, n_folds):
        """What the uncertainty is, for the pictures of the page."""
        return (
            "Uncertainty: half the length of the 90 % interval. Black: the scans do not tell a "
            "value."
        )

    def reading(self, names):
        """The same model for a set of scans, keys of `SCAN_KINDS`; the first has the target grid.

        Raises:
            ValueError: The set is empty.
        """
        if not names:
            raise ValueError("no scan was given")
        names = in_order(names)
        return replace(
            self,
            inputs=names,
            target=names[0],
            contrasts={name: self.contrasts[name] for name in names},
        )

    def for_scans(self, scans):
        """The same model, told the protocol of these scans (dict of new_scans.NewScan by name).

        Raises:
            ValueError: Two scans are of one kind, or a sidecar describes another kind.
        """
        slots = {}
        for name, scan in scans.items():
            slot = _slot_of(name, scan)
            other = next((each for each, taken in slots.items() if taken == slot), None)
            if other is not None:
                raise ValueError(
                    f"{scan.source}: {name} is the same kind of scan as {other} "
                    f"({protocol_sidecar.KINDS.get(slot, slot.replace('_', ' '))}); give one of "
                    "them"
                )
            slots[name] = slot
        ranges = {name: self.learned[slot] for name, slot in slots.items()}
        told = {name: protocol_sidecar.numbers_of(scan.protocol) for name, scan in scans.items()}
        withheld = {
            name: {
                key: value
                for key, value in scan.protocol.known(told[name]).items()
                if not math.isfinite(told[name][key])
            }
            for name, scan in scans.items()
        }
        return replace(
            self,
            slots=slots,
            told={slots[name]: numbers for name, numbers in told.items()},
            withheld=withheld,
            trained=replace(self.trained, protocol=ranges),
        )

    def protocol_of(self, name, scan):
        """What the network was told of a scan: not, for example, the nominal TE of a long train."""
        told = self.told[self.slots[name]]
        return {key: value for key, value in told.items() if math.isfinite(value)}

    def possible_contrast(self, name, times_s):
        """Limits of ratios between tissues in a scan, as `told_contrast.possible`."""
        slot = self.slots[name]
        return told_contrast.possible(slot, self.told[slot], times_s, self.seed)

    def tissue_order(self, scan):
        """Tissues from dark to bright in a scan."""
        return SCAN_KINDS[scan].tissue_order

    def normalise(self, volumes, brain, tissue):
        """Divide each scan by the median of its brain, or all by that of the first.

        Arguments and result as of `Model.normalise`; the tissue is not used.
        """
        inside = brain > 0
        scales = {name: image_scale(volumes[name][inside]) for name in self.inputs}
        if self.common_scale:
            first = min(self.inputs, key=lambda name: SLOTS.index(self.slots[name]))
            scales = dict.fromkeys(scales, scales[first])
        return {
            name: np.where(inside, volumes[name] / scale if scale else 0, 0).astype(np.float32)
            for name, scale in scales.items()
        }

    def predict(self, inputs, valid, folds):
        """Predict maps and half the length of their 90 % intervals, as `Model.predict`."""
        measurer = self.networks[NETWORK]
        by_slot = {self.slots[name]: inputs[name] for name in self.inputs}
        shape = next(iter(inputs.values())).shape
        images = np.zeros((*shape, len(measurer.slots)), np.float32)
        for slot, image in by_slot.items():
            images[..., measurer.slots.index(slot)] = np.maximum(image, 0)
        context = measurer.context(by_slot, self.told, self.common_scale)
        found = measurer.slices(images, np.repeat(context, shape[0], axis=0))
        T1_s = np.exp(found[..., 0])
        maps_s, uncertainty_s = {}, {}
        for number, quantity in enumerate(self.quantities):
            T_s = np.exp(found[..., number])
            half_width = self.calibration.half_width(quantity, T1_s, np.exp(found[..., 2 + number]))
            maps_s[quantity] = np.where(valid, T_s, 0)
            half_s = half_width_s(T_s, half_width)
            uncertainty_s[quantity] = np.where(valid, half_s, 0).astype(np.float32)
        return maps_s, uncertainty_s

    def only_told(self, maps_s, uncertainty_s):
        """Maps with 0 where the scans do not tell a value (`calibration.is_told`)."""
        return {
            quantity: np.where(is_told(half_width_of(uncertainty_s[quantity], map_s)), map_s, 0)
            for quantity, map_s in maps_s.items()
        }


def in_order(names):
    """Names of scans by preference for the grid of the maps."""
    return tuple(sorted(names, key=list(SCAN_KINDS).index))


def _slot_of(name, scan):
    """Slot of a scan.

    Raises:
        ValueError: The sidecar of a T1-weighted scan describes something else.
    """
    if name != UNNAMED:
        return SCAN_KINDS[name].slot
    kind = scan.protocol.kind
    if kind is None:
        return ASSUMED
    slot = "t1w_spin_echo" if kind in SPIN_ECHOES else kind
    if slot not in T1W_SLOTS:
        raise ValueError(
            f"{scan.source}: its sidecar describes a {protocol_sidecar.KINDS[kind]}, not a "
            "T1-weighted scan; give it under its own name"
        )
    return slot
