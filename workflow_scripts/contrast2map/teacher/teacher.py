"""Batches of simulated visits that never repeat: new persons, protocols, patches at every step."""

import math

import numpy as np

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS, image_scale
from contrast2map.teacher import fields, geometry, protocols, scans
from contrast2map.teacher.batch import Batch
from contrast2map.teacher.heads import load_heads
from contrast2map.teacher.tissues import BRAIN, N_SPOTS, draw_person

STRIPPED_DEPTH_MM = {"tight": (-1.5, 2.5), "loose": (-8.0, -2.0)}  # of the mask's edge
NEAR_MM = 4.0  # beyond a mask's edge, tissue still blurs into it
SCALE_SD = 0.03  # of the logarithm: masks and volumes differ from those that measured the scale
MOST_SLOW_SD = 0.05  # of the gradual change of T1, T2 (and half of it in PD) over a tissue
LEAST_SCALE = 1e-6  # of PD units: no scan of the brain is darker
THIN = np.array([0, 0.5, 0.5, 0], np.float32)
THICK = np.full(4, 0.25, np.float32)


class Teacher:
    """Draws batches; a batch depends on the settings, the heads, the seed and its step only."""

    @classmethod
    def of_labels(cls, settings, labels_folder, seed, cache_folder):
        """A Teacher with the heads of label maps and the template.

        Args:
            settings: TeacherSettings.
            labels_folder: Folder with the label maps of SynthSeg.
            seed: Seed, an integer of at least 0.
            cache_folder: Folder for the prepared heads, which are made once (a minute).

        Raises:
            ValueError: There are no label maps, or a setting is impossible.
        """
        return cls(settings, load_heads(labels_folder, cache_folder), seed)

    def __init__(self, settings, heads, seed, draw_protocol=protocols.draw):
        """
        Args:
            settings: TeacherSettings.
            heads: List of heads.Head, the template last.
            seed: Seed, an integer of at least 0.
            draw_protocol: As `protocols.draw`.

        Raises:
            ValueError: A setting is impossible.
        """
        if any(n % 16 for n in settings.patch_size):
            raise ValueError(f"patch_size {settings.patch_size} is not divisible by 16")
        if settings.n_lesions > N_SPOTS:
            raise ValueError(f"n_lesions {settings.n_lesions} exceeds {N_SPOTS}")
        self.settings, self.seed = settings, seed
        self._heads, self._draw_protocol = heads, draw_protocol

    def batch(self, step):
        """The Batch of a step, an integer of at least 0."""
        patches = [self._patch(step, index) for index in range(self.settings.batch_size)]
        return Batch(*(np.stack(values) for values in zip(*patches, strict=True)))

    def _patch(self, step, index):
        """Arrays of one patch in the order of Batch's attributes."""
        rng = np.random.default_rng((self.seed, step, index))
        settings = self.settings
        field_T = float(rng.choice(protocols.FIELDS_T))
        person = draw_person(rng, field_T, settings)
        head = self._draw_head(rng)
        slab = geometry.draw_slab(rng, head, settings)
        tissue = geometry.add_spots(rng, slab, settings.n_lesions)
        kept, is_near = self._strip(rng, slab)
        places = scans.Places.of(tissue, is_near)
        coils = scans.CoilFields.draw(rng, field_T, settings)

        positions_mm = np.hstack(
            [slab.position_mm.reshape(3, -1), head.points - head.centre[:, None]]
        )
        transmit = coils.transmit_at(positions_mm)
        matters = self._matter(rng, person, head, slab, places, transmit)
        T1_s, T2_s, _ = scans.true_maps(places, matters[0])
        is_brain = BRAIN.astype(np.uint8)[tissue].sum(axis=0) > len(tissue) / 2
        mask = kept & is_brain & (slab.depth_mm > -1) & (T1_s > 0)
        present = self._draw_present(rng)
        images, protocol, is_common = self._images(
            rng, person, slab, places, coils, matters, positions_mm, present, field_T
        )
        inner = tuple(slice(geometry.MARGIN, -geometry.MARGIN) for _ in range(2))
        images = np.moveaxis(images[(slice(None), *inner)] * kept[inner], 0, -1)
        mask = mask[inner]
        T1_s = np.where(mask, T1_s[inner], 0)
        T2_s = np.where(mask, np.minimum(T2_s[inner], settings.T2_ceiling_s), 0)
        return images, protocol, present, is_common, T1_s, T2_s, mask, tissue[1][inner]

    def _draw_head(self, rng):
        share = self.settings.share_template
        if rng.random() < share:
            return self._heads[-1]
        return self._heads[rng.integers(len(self._heads) - (share > 0))]

    def _strip(self, rng, slab):
        """Voxels that skull stripping keeps, and those that influence them."""
        kind = rng.choice(("tight", "loose", "none"), p=self.settings.stripping)
        if kind == "none":
            everything = np.ones(slab.depth_mm.shape, bool)
            return everything, everything
        edge_mm = rng.uniform(*STRIPPED_DEPTH_MM[kind])
        rough_mm = rng.uniform(0, 2) * fields.spline_field(rng, slab.depth_mm.shape, 12, 1)[0]
        depth_mm = slab.depth_mm + rough_mm
        return depth_mm > edge_mm, depth_mm > edge_mm - NEAR_MM

    def _draw_present(self, rng):
        settings = self.settings
        if rng.random() < settings.share_paper:
            return np.isin(SLOTS, settings.paper_slots)
        while True:
            present = rng.random(len(SLOTS)) < settings.present
            if present.any():
                return present

    def _matter(self, rng, person, head, slab, places, transmit):
        """Matter of the patch's places, and of points in the whole brain.

        `transmit` holds the field at the patch's nodes and at the points (`_split`).
        """
        sd = rng.uniform(*self.settings.texture_sd, 3) * [1, 1, 0.5]
        slow_sd = rng.uniform(0, MOST_SLOW_SD, 3) * [1, 1, 0.5]
        slow = fields.spline_field(rng, places.shape, 40, 3)
        voxel = places.voxel
        deviations = [
            (
                np.float32(sd[i]) * fields.texture(rng, places.shape, self.seed)
                + np.float32(slow_sd[i]) * slow[i]
            ).ravel()[voxel]
            for i in range(3)
        ]
        at_nodes, at_points = _split(transmit, slab)
        in_patch = fields.refine(at_nodes, *places.shape).ravel()[voxel]
        matter = scans.Matter.of(person, places.tissue, deviations, in_patch)
        points = head.points.astype(np.intp)
        spread = np.hypot(sd, slow_sd)[:, None].astype(np.float32)
        deviations = spread * rng.standard_normal(points.shape, dtype=np.float32)
        return matter, scans.Matter.of(person, head.tissue[tuple(points)], deviations, at_points)

    def _images(self, rng, person, slab, places, coils, matters, positions_mm, present, field_T):
        """Images (slots, H, W), protocol (slots, fields), and whether they share a scale."""
        settings = self.settings
        images = np.zeros((len(SLOTS), *places.shape), np.float32)
        protocol = np.full((len(SLOTS), len(PROTOCOL_FIELDS)), np.nan, np.float32)
        is_common = bool(rng.random() < settings.share_common_scale)
        of_all_scans = coils.receive_at(positions_mm)
        is_thick = rng.random() < 0.5
        unmoved = rng.choice(np.flatnonzero(present))
        scale = None
        for slot in np.flatnonzero(present):
            equation, parameters, numbers = self._draw_protocol(rng, SLOTS[slot])
            protocol[slot] = protocols.told(rng, numbers, field_T, settings)
            strength = scans.draw_strength(rng, equation)
            signal, at_points = (
                scans.scan_signal(matter, equation, parameters, person, strength)
                for matter in matters
            )
            receive, receive_at_points = _split(
                of_all_scans * coils.own_receive_at(rng, positions_mm), slab
            )
            level = image_scale(np.abs(at_points) * receive_at_points)
            own_scale = max(level * np.exp(SCALE_SD * rng.standard_normal()), LEAST_SCALE)
            if scale is None or not is_common:
                scale = own_scale
            low, high = settings.snr
            is_moved = float(slot != unmoved)
            weights = THICK if is_thick or rng.random() < 0.3 else THIN
            image = scans.acquire(
                rng,
                places.gather(signal, weights) * fields.refine(receive, *places.shape),
                noise_sd=level / (low * (high / low) ** rng.random()),
                shift_voxels=is_moved
                * (settings.misalignment_mm / slab.voxel_mm)
                * rng.standard_normal(2),
                rotation_rad=is_moved
                * math.radians(settings.misalignment_deg)
                * rng.standard_normal(),
                noise_seed=self.seed,
            )
            images[slot] = image * np.float32(1 / scale)
        return images, protocol, is_common


def _split(values, slab):
    """Values at the nodes of the patch (rows, columns), and at the points of the brain (n)."""
    shape = slab.position_mm.shape[1:]
    n_nodes = shape[0] * shape[1]
    return values[:n_nodes].reshape(shape), values[n_nodes:]
