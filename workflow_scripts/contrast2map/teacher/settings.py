"""Settings of the teacher: what is drawn, how often and how far."""

from dataclasses import dataclass


@dataclass(frozen=True)
class TeacherSettings:
    """Ranges are (lowest, highest). Values without a source are ASSUME, wider than real scans.

    Attributes:
        patch_size: Height and width of a patch in voxels, divisible by 16.
        batch_size: Patches per batch.
        voxel_mm: In-plane edge of a voxel.
        thickness_mm: Slice thickness.
        share_lifelike: Share of persons drawn around the literature's values; the others are wide.
        lifelike_sd: SD of the logarithm of T1 of such persons, drawn for each person: from that of
            a cohort to four times as much.
        deep_grey: Range of the place of such persons' deep grey matter between its sources, 0 for
            `tissues.LIFELIKE`, 1 for `config.yaml` (see `tissues.SHORTER`).
        T2_of_sources: Whether T2 of such persons is drawn from the range of published values
            (`tissues.T2_OF_SOURCES`).
        share_by_water: Share of wide draws whose PD follows T1 (`tissues.water_of`), in the others
            it is independent.
        share_template: Share of patches from the ICBM152 template, the others from the label maps.
        share_centred: Share of patches whose middle is near the brain's middle, the others lie
            anywhere in the brain.
        share_axial: Share of axial patches; half of the others is sagittal, half coronal.
        present: Probability of each slot that its scan is present.
        share_paper: Share of visits with exactly `paper_slots`.
        paper_slots: The scans of Qiu et al. (2022).
        share_common_scale: Share of visits whose images share one scale.
        share_unknown: Probability that a number of the protocol is unknown.
        share_all_unknown: Probability that all numbers of a scan are unknown.
        n_lesions: Most lesions and blobs of a patch.
        snr: Signal of the median brain voxel over the SD of noise.
        transmit_sd: Largest SD of the random part of the transmit field over the head. The
            brain's flip angles of the two maps of Veldmann et al. (2024) reach from 0.6 to 1.4 of
            their median between the 5th and 95th percentiles at 3 T.
        receive_sd: SD of the logarithm of the receive field.
        texture_sd: SD of T1, T2 and PD within a tissue.
        misalignment_mm: SD of the residual shift between scans.
        misalignment_deg: SD of the residual rotation between scans.
        stripping: Probabilities of tight, loose and no skull stripping.
        T2_ceiling_s: Longest T2 that is taught: the scans hardly distinguish longer ones.
    """

    patch_size: tuple = (160, 128)
    batch_size: int = 16
    voxel_mm: tuple = (0.8, 1.2)
    thickness_mm: tuple = (1.0, 6.0)
    share_lifelike: float = 0.4
    lifelike_sd: tuple = (0.03, 0.12)
    deep_grey: tuple = (0.0, 0.0)
    T2_of_sources: bool = False
    share_by_water: float = 0.0
    share_template: float = 0.1
    share_centred: float = 0.7
    share_axial: float = 0.7
    present: tuple = (0.5, 0.35, 0.5, 0.3, 0.45, 0.25)
    share_paper: float = 0.15
    paper_slots: tuple = ("mprage", "spoiled_gradient_echo", "flair")
    share_common_scale: float = 0.3
    share_unknown: float = 0.05
    share_all_unknown: float = 0.05
    n_lesions: int = 8
    snr: tuple = (12.0, 120.0)
    transmit_sd: float = 0.18
    receive_sd: float = 0.20
    texture_sd: tuple = (0.005, 0.06)
    misalignment_mm: float = 0.3
    misalignment_deg: float = 0.4
    stripping: tuple = (0.45, 0.35, 0.2)
    T2_ceiling_s: float = 0.5
