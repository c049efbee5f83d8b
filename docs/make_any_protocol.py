"""Evidence for the network of any protocol: `make any-protocol-docs`.

    python docs/make_any_protocol.py           # all heads of BrainWeb
    python docs/make_any_protocol.py 3         # the first three: preparing one takes two minutes

Needs CONTRAST2MAP_DATA with brainweb, labels/synthseg, measured/fsantini and openms. Evaluates the
network that the package contains and writes any_protocol.md with its numbers, any_protocol.json,
and its picture, any_protocol.png.
Prepared heads are kept in results/any_protocol_docs.
"""

import itertools
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

from contrast2map.jobs import processor  # noqa: E402

processor.prepare()

from contrast2map.any_protocol import calibration  # noqa: E402
from contrast2map.imaging.signal_equations import equation_parameters  # noqa: E402
from contrast2map.maps import shipped  # noqa: E402
from contrast2map.maps.any_protocol_model import NETWORK  # noqa: E402
from contrast2map.maps.told_contrast import TIMES  # noqa: E402
from contrast2map.study.terms import PARAMETER_NAMES  # noqa: E402
from contrast2map.teacher.heads import load_heads  # noqa: E402
from contrast2map.teacher.settings import TeacherSettings  # noqa: E402
from contrast2map.teacher.teacher import Teacher  # noqa: E402
from pages import presets, rendering  # noqa: E402
from pages.any_protocol import (  # noqa: E402
    comparators,
    doubts,
    heads,
    picture,
    real_slice,
    summary,
    trials,
    visits,
)

FOLDER = Path("results/any_protocol_docs")
SEED, N_VISITS, N_BOOSTED = 11, 64, 40
FACTORS = (1.3, 1 / 1.3, 2.0, 0.5)  # of a wrong number
DOUBTED = ("mprage", "gre", "flair", "t2w")
PAPER = ("mprage", "gre", "flair")
SUBSETS = (
    PAPER,
    ("mprage", "flair"),
    ("mprage", "gre"),
    ("mprage",),
    ("gre",),
    ("flair",),
    ("mprage", "t2w"),
    ("mprage", "flair", "t2w"),
    ("t1w", "flair", "t2w"),
    ("t2w", "pdw"),
)


def main(n_heads=None):
    """Measure everything and write the page."""
    data = os.environ.get("CONTRAST2MAP_DATA")
    if not data:
        sys.exit("set CONTRAST2MAP_DATA to the folder that contains brainweb and labels/synthseg")
    data = Path(data)
    config = presets.read()
    sequences = {
        slot: contrast["sequence"]
        for contrast, slot in (
            (each, trials.slots_of([each["name"]])[0]) for each in config["contrasts"]
        )
    }
    model = shipped.load(shipped.open_model())
    measurer, known = model.networks[NETWORK], shipped.facts()["trained"]
    found = trials.Network(measurer.model, measurer.fields, model.calibration)
    unseen = heads.load(data / "brainweb", FOLDER / "brainweb", n_heads and int(n_heads))
    study = Study(found, unseen, sequences)
    patients = visits.mapped(data / "openms")
    (rendering.DOCS / "any_protocol.png").write_bytes(picture.draw(patients))
    facts = {
        "n_heads": len(unseen),
        "n_visits": N_VISITS,
        "trained": {key: value for key, value in known.items() if key != "machine"},
        "planned": presets.read("any_protocol")["any_protocol"]["training"]["n_steps"],
        "machine": known["machine"],
        "calibration_visits": model.calibration.n_visits,
        "predictors": study.predictors(load_heads(data / "labels" / "synthseg", FOLDER / "labels")),
        "regions": (regions := study.regions()),
        "deep_grey": study.deep_grey(regions),
        "subsets": study.subsets(),
        "coverage": study.coverage(),
        "wrong": study.wrong_protocols(),
        "doubted": study.doubted(),
        "visits": visits.compare(patients),
        "slice": of_slice(data / "measured" / "fsantini", measurer, model.calibration),
    }
    rendering.write("any_protocol", facts)


class Study:
    """Trials of one network on unseen heads.

    Args:
        network: trials.Network.
        unseen: List of teacher.heads.Head.
        sequences: Dict mapping slot to the sequence of Qiu et al.
    """

    def __init__(self, network, unseen, sequences):
        self.network, self.unseen, self.sequences = network, unseen, sequences
        self.paper = trials.Condition(trials.slots_of(PAPER))

    def batches(self, condition):
        """Batches of a condition, always the same."""
        return trials.batches(condition, self.unseen, self.sequences, SEED, N_VISITS)

    def records(self, condition):
        """Records of the network."""
        print(condition, flush=True)
        return [
            record
            for batch in self.batches(condition)
            for record in trials.judge(batch, *self.network(batch))
        ]

    def predictors(self, trained_heads):
        """Errors in parenchyma of the network and of the comparators, by scale and persons."""
        settings = TeacherSettings(patch_size=(96, 80), share_centred=0.3, share_paper=1.0)
        boosted = comparators.Boosting(
            [Teacher(settings, trained_heads, SEED).batch(step) for step in range(N_BOOSTED)]
        )
        equations = {
            slot: (sequence["type"], equation_parameters(sequence))
            for slot, sequence in self.sequences.items()
        }
        rows = []
        for persons, lifelike in (("as in a cohort", True), ("wider than life", False)):
            for scale, common in (("separate", False), ("common", True)):
                condition = replace(self.paper, lifelike=lifelike, common_scale=common)
                batches = self.batches(condition)
                others = {
                    "network": self.network,
                    "literature's tissue means, told the tissue": comparators.tissue_mean,
                    "gradient boosting of voxels": boosted,
                    "dictionary of signal equations": comparators.Dictionary(equations, common),
                }
                for name, predict in others.items():
                    print(persons, scale, name, flush=True)
                    records = []
                    for batch in batches:
                        maps_s = predict(batch)
                        maps_s = maps_s[0] if isinstance(maps_s, tuple) else maps_s
                        records += trials.judge(batch, maps_s)
                    rows.append(
                        {"persons": persons, "scale": scale, "predictor": name}
                        | {q: summary.of_parenchyma(records, q) for q in ("T1", "T2")}
                    )
        return rows

    def regions(self):
        """Region means of the network, compared with the literature's, by scale."""
        return [
            {"scale": scale} | row
            for scale, common in (("separate", False), ("common", True))
            for row in self._regions(replace(self.paper, common_scale=common))
        ]

    def deep_grey(self, regions):
        """T1 of putamen and thalamus of persons whose T1 is that of one source or of the other.

        Args:
            regions: Rows of `regions`, whose persons follow the literature.
        """
        rows_of = {
            "literature": [row for row in regions if row["scale"] == "separate"],
            "Qiu et al.": self._regions(replace(self.paper, deep_grey=1.0)),
        }
        return [
            {"source": source} | row
            for source, rows in rows_of.items()
            for row in rows
            if row["quantity"] == "T1" and row["region"] in ("putamen", "thalamus")
        ]

    def _regions(self, condition):
        of_network = self.records(condition)
        of_mean = [
            record
            for batch in self.batches(condition)
            for record in trials.judge(batch, comparators.tissue_mean(batch))
        ]
        rows = []
        for quantity in ("T1", "T2"):
            for region in summary.REGIONS:
                ours = summary.of_region(of_network, quantity, region)
                theirs = summary.of_region(of_mean, quantity, region)
                if ours and theirs:
                    row = {"quantity": quantity, "region": region} | ours
                    rows.append(row | {"mean_mae": theirs["mae"]})
        return rows

    def subsets(self):
        """Errors by subset of scans with random protocols."""
        rows = []
        for names in SUBSETS:
            condition = trials.Condition(trials.slots_of(names), papers_protocol=False)
            records = self.records(condition)
            rows.append(
                {"scans": " + ".join(names)}
                | {q: summary.of_parenchyma(records, q) for q in ("T1", "T2")}
            )
        return rows

    def coverage(self):
        """Share of voxels inside their interval, by tissue, for random protocols."""
        rows = []
        for names in (PAPER, ("mprage", "flair"), ("mprage", "flair", "t2w")):
            condition = trials.Condition(
                trials.slots_of(names), papers_protocol=False, lifelike=False
            )
            records = self.records(condition)
            for quantity in ("T1", "T2"):
                row = {"scans": " + ".join(names), "quantity": quantity}
                for region in summary.REGIONS:
                    found = summary.of_region(records, quantity, region)
                    row[region] = found["covered"] if found else "–"
                rows.append(row)
        return rows

    def wrong_protocols(self):
        """Errors and interval widths if TR, TI and TE are told wrongly."""
        rows = []
        for told in (1.0, *FACTORS[:2]):
            records = self.records(replace(self.paper, told=told))
            rows.append(
                {"told": f"{told:.2f}"}
                | {q: summary.of_parenchyma(records, q) for q in ("T1", "T2")}
            )
        return rows

    def doubted(self):
        """How often a scan is said not to fit its protocol, by the number that is wrong."""
        condition = trials.Condition(trials.slots_of(DOUBTED), papers_protocol=False)
        of_all = self._judged(condition)
        wrong = {
            (name, told): self._judged(replace(condition, told=told, wrong=(name,)))
            for name in TIMES
            for told in FACTORS
        }
        rows = []
        for scan, slot in ((name, trials.slots_of([name])[0]) for name in DOUBTED):
            for name in TIMES:
                found = [doubts.shares(wrong[name, told], name).get(slot) for told in FACTORS]
                if None not in found:
                    row = {"scan": scan, "number": PARAMETER_NAMES[name]}
                    row["right"] = f"{doubts.shares(of_all, name)[slot]:.0f}"
                    rows.append(row | {"wrong": [f"{share:.0f}" for share in found]})
        return rows

    def _judged(self, condition):
        print(condition, flush=True)
        batches = self.batches(condition)
        return [each for batch in batches for each in doubts.judge(batch, self.network(batch)[0])]


def of_slice(folder, measurer, calibrated):
    """Medians and errors on the real slice, by scale and what is told of the echo time."""
    measured = real_slice.read(folder)
    reference = real_slice.reference(measured)
    echo_time_s = real_slice.echo_time_s(measured)
    rows = []
    for TE_s, (scale, common) in itertools.product(
        (None, echo_time_s), (("separate", False), ("common", True))
    ):
        images, told = real_slice.scans(measured, common, TE_s)
        volumes = {slot: image[..., None] for slot, image in images.items()}
        maps = measurer(volumes, told, common)
        for number, quantity in enumerate(("T1", "T2")):
            found, true = maps[number][..., 0], reference[quantity]
            half = calibrated.half_width(quantity, maps.T1_s[..., 0], maps[2 + number][..., 0])
            known = measured["parenchyma"] & np.isfinite(true)
            row = {"scale": scale, "quantity": quantity}
            row["TE"] = "none" if TE_s is None else f"{1000 * TE_s:.0f} ms"
            for tissue in ("wm", "gm"):
                inside = measured[tissue] & np.isfinite(true)
                ours, theirs = (np.median(each[inside]) for each in (found, true))
                row[tissue] = {
                    "found": f"{1000 * ours:.0f}",
                    "reference": f"{1000 * theirs:.0f}",
                    "percent": f"{100 * (ours / theirs - 1):+.0f}",
                }
            row["mae"] = f"{1000 * np.abs(found - true)[known].mean():.1f}"
            row["told"] = f"{100 * calibration.is_told(half)[known].mean():.0f}"
            means = np.full(true.shape, np.nan)
            for tissue in ("wm", "gm"):
                inside = measured[tissue] & np.isfinite(true)
                means[inside] = true[inside].mean()
            both = np.isfinite(means)
            row["mae_of_oracle"] = f"{1000 * np.abs(means - true)[both].mean():.1f}"
            rows.append(row)
    return rows


if __name__ == "__main__":
    main(*sys.argv[1:])
