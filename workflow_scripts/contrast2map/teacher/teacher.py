"""Batches of simulated visits that never repeat: new persons, protocols, patches at every step."""

import numpy as np

from contrast2map.imaging.protocol import PROTOCOL_FIELDS, SLOTS, image_scale
from contrast2map.teacher import fields, geometry, protocols, scans
from contrast2map.teacher.batch import Batch
from contrast2map.teacher.heads import load_heads
from contrast2map.teacher.tissues import BRAIN, N_SPOTS, draw_person

STRIPPED_DEPTH_MM = {"tight": (-1.5, 2.5), "loose": (-8.0, -2.0)}  # of the mask's edge
NEAR_MM = 4.0  # beyond a mask's edge, tissue still blurs into it
SCALE_SD = 0.03  # of the logarithm: masks and volumes differ from those that measured the scale
THIN = np.array([0, 0.5, 0.5, 0], np.float32)
THICK = np.full(4, 0.25, np.float32)


class Teacher:
    """Draws batches; a batch depends on the settings, the seed and its step only."""

    def __init__(self, settings, labels_folder, seed, cache_folder):
        """Load the heads.

        Args:
            settings: TeacherSettings.
            labels_folder: Folder with the label maps of SynthSeg.
            seed: Seed, an integer of at least 0.
            cache_folder: Folder for the prepared heads, which are made once (a minute).

        Raises:
            ValueError: There are no label maps, or a setting is impossible.
        """
        if any(n % 16 for n in settings.patch_size):
            raise ValueError(f"patch_size {settings.patch_size} is not divisible by 16")
        if settings.n_lesions > N_SPOTS:
            raise ValueError(f"n_lesions {settings.n_lesions} exceeds {N_SPOTS}")
        self.settings, self.seed = settings, seed
        self._heads = load_heads(labels_folder, cache_folder)

    def batch(self, step):
        """The Batch of a step, an integer of at least 0."""
        patches = [self._patch(step, index) for index in range(self.settings.batch_size)]
        return Batch(*(np.stack(values) for values in zip(*patches, strict=True)))

    def _patch(self, step, index):
        """Arrays of one patch in the order of Batch's attributes."""
        rng = np.random.default_rng((self.seed, step, index))
        settings = self.settings
        field_strength_T = float(rng.choice(protocols.FIELDS_T))
        person = draw_person(rng, field_strength_T, settings.share_lifelike)
        head = self._draw_head(rng)
        slab = geometry.draw_slab(rng, head, settings)
        tissue = geometry.add_spots(rng, slab, settings.n_lesions)
        kept, is_near = self._strip(rng, slab)
        places = scans.Places.of(tissue, is_near)
        coils = scans.CoilFields.draw(rng, field_strength_T, settings)

        matter, brain_matter = self._matter(rng, person, head, slab, places, coils)
        T1_s, T2_s, _ = scans.true_maps(places, matter)
        is_brain = BRAIN[tissue].mean(axis=0) > 0.5
        mask = kept & is_brain & (slab.depth_mm > -1) & (T1_s > 0)
        present = self._draw_present(rng)
        images, protocol, is_common = self._images(
            rng,
            person,
            slab,
            places,
            coils,
            (matter, brain_matter),
            head,
            present,
            field_strength_T,
        )
        inner = tuple(slice(geometry.MARGIN, -geometry.MARGIN) for _ in range(2))
        images, mask = np.where(kept[..., None], images, 0)[inner], mask[inner]
        T1_s = np.where(mask, T1_s[inner], 0)
        T2_s = np.where(mask, np.minimum(T2_s[inner], settings.T2_ceiling_s), 0)
        return images, protocol, present, is_common, T1_s, T2_s, mask, tissue[1][inner]

    def _draw_head(self, rng):
        if rng.random() < self.settings.share_template:
            return self._heads[-1]
        return self._heads[rng.integers(len(self._heads) - 1)]

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

    def _matter(self, rng, person, head, slab, places, coils):
        """Matter of the patch's places, and of points in the whole brain."""
        height, width = places.shape
        sd = rng.uniform(*self.settings.texture_sd, 3) * [1, 1, 0.5]
        slow_sd = rng.uniform(0, 0.05, 3) * [1, 1, 0.5]
        slow = fields.spline_field(rng, places.shape, 40, 3)
        voxel = places.voxel
        deviations = [
            (
                np.float32(sd[i]) * fields.texture(rng, places.shape, self.seed)
                + np.float32(slow_sd[i]) * slow[i]
            ).ravel()[voxel]
            for i in range(3)
        ]
        transmit = fields.refine(coils.transmit_at(slab.position_mm), height, width)
        matter = scans.Matter.of(person, places.tissue, deviations, transmit.ravel()[voxel])
        points = head.points.astype(np.intp)
        spread = np.hypot(sd, slow_sd)[:, None].astype(np.float32)
        point_deviations = spread * rng.standard_normal((3, points.shape[1]), dtype=np.float32)
        point_mm = head.points - head.centre[:, None]
        brain_matter = scans.Matter.of(
            person, head.tissue[tuple(points)], point_deviations, coils.transmit_at(point_mm)
        )
        return matter, brain_matter

    def _images(self, rng, person, slab, places, coils, matters, head, present, field_strength_T):
        """Images (H, W, slots), protocol (slots, fields), and whether they share a scale."""
        settings = self.settings
        height, width = places.shape
        images = np.zeros((height, width, len(SLOTS)), np.float32)
        protocol = np.full((len(SLOTS), len(PROTOCOL_FIELDS)), np.nan, np.float32)
        is_common = bool(rng.random() < settings.share_common_scale)
        point_mm = head.points - head.centre[:, None]
        common = fields.refine(coils.receive_at(slab.position_mm), height, width)
        common_at_points = coils.receive_at(point_mm)
        is_thick = rng.random() < 0.5
        unmoved = rng.choice(np.flatnonzero(present))
        scale = None
        for slot in np.flatnonzero(present):
            equation, parameters, numbers = protocols.draw(rng, SLOTS[slot])
            protocol[slot] = protocols.told(rng, numbers, field_strength_T, settings)
            strength = scans.draw_strength(rng, equation)
            signal, at_points = (
                scans.scan_signal(matter, equation, parameters, person, strength)
                for matter in matters
            )
            own = fields.Waves.draw(rng, *scans.FIELD_WAVES_MM)
            own_sd = scans.OWN_RECEIVE_SHARE * coils.receive_sd
            receive = common * np.exp(
                own_sd * fields.refine(own.at(slab.position_mm), height, width)
            )
            in_brain = np.abs(at_points) * common_at_points * np.exp(own_sd * own.at(point_mm))
            level = image_scale(in_brain)
            if scale is None or not is_common:
                scale = level * np.exp(SCALE_SD * rng.standard_normal())
            low, high = settings.snr
            noise_sd = level / (low * (high / low) ** rng.random())
            moves = 0 if slot == unmoved else 1
            images[..., slot] = scans.acquire(
                rng,
                places.gather(signal, THICK if is_thick or rng.random() < 0.3 else THIN) * receive,
                np.float32(noise_sd),
                moves * settings.misalignment_mm / slab.voxel_mm * rng.standard_normal(2),
                np.float32(moves * np.deg2rad(settings.misalignment_deg) * rng.standard_normal()),
                self.seed,
            )
            images[..., slot] *= np.float32(1 / max(scale, 1e-9))
        return images, protocol, is_common
