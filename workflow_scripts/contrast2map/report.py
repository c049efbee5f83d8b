"""The report: one HTML file that needs nothing else."""

import base64
import io
from importlib import metadata

import jinja2
from PIL import Image

WIDEST_PIXELS = 1800
PACKAGES = (
    "antspyx",
    "brainextractor",
    "fslpy",
    "Jinja2",
    "keras",
    "matplotlib",
    "nibabel",
    "nilearn",
    "numpy",
    "pandas",
    "scikit-image",
    "scipy",
    "snakemake",
    "tensorflow",
)


def data_uri(png, widest_pixels=WIDEST_PIXELS):
    """A PNG as a data URI, made smaller if it is wider than a page needs.

    Args:
        png: Bytes of the picture.
        widest_pixels: Largest width that is kept.
    """
    image = Image.open(io.BytesIO(png))
    if image.width > widest_pixels:
        height = round(image.height * widest_pixels / image.width)
        smaller = image.convert("RGB").resize((widest_pixels, height), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        smaller.save(written, "PNG", optimize=True)
        png = written.getvalue()
    return "data:image/png;base64," + base64.b64encode(png).decode()


def flatten(tree, prefix=""):
    """Nested settings as pairs of dotted name and value.

    Args:
        tree: Dictionaries and lists within one another.
        prefix: Name of the tree.
    """
    if isinstance(tree, dict):
        items = tree.items()
    elif isinstance(tree, list) and any(isinstance(value, dict | list) for value in tree):
        items = (
            (str(value.get("name", i)) if isinstance(value, dict) else str(i), value)
            for i, value in enumerate(tree)
        )
    else:
        return [(prefix, "null" if tree is None else str(tree))]
    return [
        pair
        for key, value in items
        for pair in flatten(value, f"{prefix}.{key}" if prefix else str(key))
    ]


def software_versions(packages=PACKAGES):
    """Installed packages as pairs of name and version, of the environment that this runs in."""
    installed = []
    for package in packages:
        try:
            installed.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return installed


def render(template, **content):
    """Fill a template. A name that the template uses and `content` lacks is an error.

    Args:
        template: Text of a jinja2 template; everything filled in is escaped, but for values that
            are `markupsafe.Markup`.
        **content: Values by name.
    """
    environment = jinja2.Environment(
        autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.from_string(template).render(**content)
