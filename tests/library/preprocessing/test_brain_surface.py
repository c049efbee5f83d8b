import dataclasses

import numpy as np
import pytest

import phantoms
from contrast2map.preprocessing import brain_surface


def test_an_icosphere_is_closed_and_looks_outwards():
    mesh = brain_surface.icosphere(3)
    n_points, n_edges, n_faces = len(mesh.points), len(mesh.edges), len(mesh.faces)
    assert (n_points, n_points - n_edges + n_faces) == (642, 2)
    volume = np.linalg.det(mesh.points[mesh.faces]).sum() / 6
    assert volume == pytest.approx(4 / 3 * np.pi, rel=0.02)
    assert np.allclose(mesh.means @ np.ones(n_points), 1)


def test_a_finer_mesh_starts_on_the_coarser_one():
    coarse, fine = brain_surface.icosphere(2), brain_surface.icosphere(3)
    placed = coarse.points[fine.parents].mean(axis=1)
    assert np.array_equal(placed[: len(coarse.points)], coarse.points)
    assert np.linalg.norm(placed - fine.points, axis=1).max() < 0.05


@pytest.mark.parametrize("centre", [(24, 25, 26), (24.3, 2.0, 48.9)])
def test_the_voxels_inside_a_sphere_are_filled_as_far_as_the_grid_reaches(centre):
    mesh = brain_surface.icosphere(4)
    radius, shape = 18.0, (50, 51, 52)
    found = brain_surface.fill(mesh.points * radius + centre, mesh, shape)
    at = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1)
    expected = np.linalg.norm(at - centre, axis=-1) < radius
    assert phantoms.dice(found, expected) > 0.995


def test_where_a_surface_overlaps_itself_there_is_no_hole():
    one = brain_surface.icosphere(3)
    two = dataclasses.replace(one, faces=np.concatenate([one.faces, one.faces + len(one.points)]))
    vertices = np.concatenate([18 * one.points + [25, 25, 20], 18 * one.points + [25, 25, 30]])
    found = brain_surface.fill(vertices, two, (50, 50, 50))
    assert found[25, 25, 3:48].all() and not found[25, 25, :2].any()


def test_a_larger_fractional_intensity_gives_a_smaller_brain():
    image, _ = phantoms.head(shape=(60, 72, 56), voxel_sizes_mm=(3.0, 3.0, 3.0))
    intensities, voxel_mm = np.asarray(image.dataobj), np.full(3, 3.0)
    sizes = []
    for fractional_intensity in (0.2, 0.5, 0.8):
        vertices, mesh = brain_surface.grow(intensities, voxel_mm, fractional_intensity)
        sizes.append(brain_surface.fill(vertices / voxel_mm, mesh, image.shape).sum())
    assert sizes[0] > sizes[1] > sizes[2] > 0


def test_an_empty_image_has_no_surface():
    with pytest.raises(ValueError, match="no head"):
        brain_surface.grow(np.zeros((20, 20, 20)), np.ones(3), 0.5)
