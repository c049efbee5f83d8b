"""Simulated visits of heads that no training saw, and what predictors find in them."""

from dataclasses import dataclass

import numpy as np

from contrast2map.any_protocol import encoding
from contrast2map.bids.protocol_sidecar import LARGEST_EQUIVALENT_TE_S
from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS
from contrast2map.imaging.signal_equations import equation_parameters
from contrast2map.maps.scan_kinds import SCAN_KINDS
from contrast2map.maps.told_contrast import TIMES
from contrast2map.teacher import protocols
from contrast2map.teacher.settings import TeacherSettings
from contrast2map.teacher.teacher import Teacher
from contrast2map.teacher.tissues import TISSUES

PATCH, BATCH = (208, 176), 8  # whole axial slices
COHORT_SD = 0.03  # between persons, of the logarithm of T1, as in Table 2 of Qiu et al.
REGIONS = {"gm": "cortex", "wm": "wm", "putamen": "putamen", "thalamus": "thalamus"}
FLUIDS = [TISSUES.index(name) for name in ("ventricles", "csf", "choroid")]
LEAST_VOXELS = 60  # of a region in a slice


@dataclass(frozen=True)
class Condition:
    """What is simulated.

    Attributes:
        scans: Slots of the scans.
        common_scale: Whether they share a scale.
        lifelike: Whether persons vary as in a cohort, otherwise wider than life.
        papers_protocol: Whether the protocol is that of Qiu et al., otherwise it is random.
        told: Factor of the numbers `wrong` in what is told of the protocol.
        wrong: Names among PROTOCOL_FIELDS.
        lesions: Most lesions and blobs per slice.
        deep_grey: Place of T1 of deep grey matter between its sources (`TeacherSettings`).
    """

    scans: tuple
    common_scale: bool = False
    lifelike: bool = True
    papers_protocol: bool = True
    told: float = 1.0
    wrong: tuple = TIMES
    lesions: int = 4
    deep_grey: float = 0.0

    def settings(self):
        """TeacherSettings of the condition."""
        return TeacherSettings(
            patch_size=PATCH,
            batch_size=BATCH,
            voxel_mm=(1.0, 1.0),
            thickness_mm=(1.0, 3.0),
            share_lifelike=float(self.lifelike),
            lifelike_sd=(COHORT_SD, COHORT_SD),
            deep_grey=(self.deep_grey, self.deep_grey),
            share_template=0.0,
            share_centred=1.0,
            share_axial=1.0,
            share_paper=1.0,
            paper_slots=self.scans,
            share_common_scale=float(self.common_scale),
            share_unknown=0.0,
            share_all_unknown=0.0,
            n_lesions=self.lesions,
        )


def batches(condition, heads, sequences, seed, n_visits):
    """Batches of visits.

    Args:
        condition: Condition.
        heads: List of teacher.heads.Head.
        sequences: Dict mapping slot to the sequence of Qiu et al. (section `contrasts` of the
            configuration).
        seed: Seed of the visits.
        n_visits: Their number, a multiple of BATCH.
    """

    def draw(rng, slot):
        if condition.papers_protocol and slot in sequences:
            equation, parameters, numbers = _of_paper(sequences[slot])
        else:
            equation, parameters, numbers = protocols.draw(rng, slot)
        told = {
            name: value * (condition.told if name in condition.wrong else 1)
            for name, value in numbers.items()
        }
        return equation, parameters, told

    teacher = Teacher(condition.settings(), heads, seed, draw)
    return [teacher.batch(step) for step in range(n_visits // BATCH)]


def _of_paper(sequence):
    numbers = {name: sequence[name] for name in PROTOCOL_FIELDS if name in sequence}
    if numbers.get("TE_s", 0) > LARGEST_EQUIVALENT_TE_S:
        del numbers["TE_s"]  # as `protocol_sidecar.numbers_of`
    return sequence["type"], equation_parameters(sequence), numbers


class Network:
    """A trained network as a predictor of batches.

    Args:
        model: keras.Model of `network.build_network`.
        fields: Names of the fields of a protocol, in the order of its input.
        calibration: calibration.Calibration.
    """

    def __init__(self, model, fields, calibration):
        self.model, self.fields, self.calibration = model, fields, calibration

    def __call__(self, batch):
        """T1 and T2 in seconds, and half the width of the interval of log T of each."""
        inputs = list(encoding.inputs_of(batch, self.fields))
        found = np.asarray(self.model.predict_on_batch(inputs))
        T1_s, T2_s = np.exp(found[..., 0]), np.exp(found[..., 1])
        half_widths = {
            name: self.calibration.half_width(name, T1_s, np.exp(found[..., 2 + number]))
            for number, name in enumerate(("T1", "T2"))
        }
        return {"T1": T1_s, "T2": T2_s}, half_widths


def judge(batch, maps_s, half_widths=None):
    """Compare maps of a batch with the truth.

    Returns:
        List of records: visit, quantity, region ("parenchyma" or one of REGIONS), n, true_ms and
        found_ms (means), mpe (mean relative error of the voxels), and, with half widths, covered
        (share of voxels within the interval) and half_width (their mean).
    """
    records = []
    mask = batch.mask.astype(bool)
    for number in range(len(mask)):
        parts = {"parenchyma": mask[number] & ~np.isin(batch.tissue[number], FLUIDS)}
        parts |= {
            name: mask[number] & (batch.tissue[number] == TISSUES.index(tissue))
            for name, tissue in REGIONS.items()
        }
        for quantity in ("T1", "T2"):
            true_s = getattr(batch, f"{quantity}_s")[number]
            for region, voxels in parts.items():
                if voxels.sum() < LEAST_VOXELS:
                    continue
                true, found = true_s[voxels], maps_s[quantity][number][voxels]
                record = {
                    "visit": number,
                    "quantity": quantity,
                    "region": region,
                    "n": int(voxels.sum()),
                    "true_ms": 1000 * float(true.mean()),
                    "found_ms": 1000 * float(found.mean()),
                    "mpe": 100 * float(np.mean(np.abs(found / true - 1))),
                }
                if half_widths is not None:
                    half_width = half_widths[quantity][number][voxels]
                    inside = np.abs(np.log(found / true)) <= half_width
                    record["covered"] = 100 * float(inside.mean())
                    record["half_width"] = 100 * float(half_width.mean())
                records.append(record)
    return records


def slots_of(names):
    """Slots by the names of the paper's scans and of the others, `t1w` for a T1w spin echo."""
    kinds = SCAN_KINDS | {"t1w": SCAN_KINDS["t1w-se"]}
    wanted = [kinds[name].slot for name in names]
    return tuple(slot for slot in SLOTS if slot in wanted)
