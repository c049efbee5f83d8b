"""Section `simulation` of the configuration as dataclasses; unknown keys raise an error."""

from dataclasses import dataclass

from contrast2map.imaging.grids import CentredGrid
from contrast2map.simulation.reference_maps import ReferenceMaps
from contrast2map.simulation.scanner import Gain, TransmitField
from contrast2map.simulation.simulated_head import Anatomy
from contrast2map.simulation.tissue_parameters import TissueStatistics
from contrast2map.simulation.visit import Movement, Texture


@dataclass(frozen=True)
class Scan:
    """Settings for the acquisition of weighted images.

    Attributes:
        grid: CentredGrid of the scans, unless they have their own.
        grids: Dict mapping contrast to its own CentredGrid.
        snr: Dict mapping contrast to white-matter signal divided by the noise SD of one channel.
        transmit_field: TransmitField.
        receive_field_sd: SD of the logarithm of the receive coil's relative sensitivity.
        gain: Gain.
        movement: Movement of the head between two scans.
    """

    grid: CentredGrid
    grids: dict
    snr: dict
    transmit_field: TransmitField
    receive_field_sd: float
    gain: Gain
    movement: Movement

    @classmethod
    def from_config(cls, section):
        """Settings from section `simulation.scan`."""
        values = dict(section)
        return cls(
            grid=CentredGrid(values.pop("matrix"), values.pop("voxel_mm")),
            grids={name: CentredGrid(**grid) for name, grid in values.pop("grids").items()},
            transmit_field=TransmitField(**values.pop("transmit_field")),
            gain=Gain(**values.pop("gain")),
            movement=Movement(**values.pop("movement")),
            **values,
        )

    def grid_of(self, contrast):
        """CentredGrid of a contrast."""
        return self.grids.get(contrast, self.grid)


@dataclass(frozen=True)
class Simulation:
    """Settings for the simulation of a subject.

    Attributes:
        anatomy: simulated_head.Anatomy.
        tissues: Dict mapping tissue to TissueStatistics.
        between_tissue_correlation: Correlation of two tissues across subjects, 0-1.
        texture: Texture within tissues.
        scan: Scan.
        reference_maps: ReferenceMaps.
    """

    anatomy: Anatomy
    tissues: dict
    between_tissue_correlation: float
    texture: Texture
    scan: Scan
    reference_maps: ReferenceMaps

    @classmethod
    def from_config(cls, section):
        """Settings from `simulation`, without the cohort's keys (groups, field_strength_T)."""
        values = {k: v for k, v in section.items() if k not in ("groups", "field_strength_T")}
        return cls(
            anatomy=Anatomy.from_config(values.pop("anatomy")),
            tissues={name: TissueStatistics(**t) for name, t in values.pop("tissues").items()},
            texture=Texture(**values.pop("texture")),
            scan=Scan.from_config(values.pop("scan")),
            reference_maps=ReferenceMaps.from_config(values.pop("reference_maps")),
            **values,
        )
