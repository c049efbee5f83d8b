"""Parts of a self-contained HTML page: pictures, settings, software, templates."""

import base64
import io
import json
from importlib import metadata, resources
from pathlib import Path

import jinja2
from markupsafe import Markup
from PIL import Image

from contrast2map.study.contrast_names import usual_name

WIDEST_PIXELS = 2100  # a two-column figure at full size
PACKAGES = (
    "antspyx",
    "fslpy",
    "Jinja2",
    "keras",
    "matplotlib",
    "nibabel",
    "nilearn",
    "numpy",
    "pandas",
    "scikit-image",
    "scikit-learn",
    "scipy",
    "snakemake",
    "statsmodels",
    "tensorflow",
)


def data_uri(png, widest_pixels=WIDEST_PIXELS):
    """A PNG as a data URI, shrunk if it is too wide.

    Args:
        png: Bytes of the picture.
        widest_pixels: Largest width in pixels.
    """
    image = Image.open(io.BytesIO(png))
    if image.width > widest_pixels:
        height = round(image.height * widest_pixels / image.width)
        smaller = image.convert("RGB").resize((widest_pixels, height), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        smaller.save(written, "PNG", optimize=True)
        png = written.getvalue()
    return "data:image/png;base64," + base64.b64encode(png).decode()


def pictures(paths):
    """PNG files as data URIs, by the name of the figure."""
    return {Path(path).stem: data_uri(Path(path).read_bytes()) for path in paths}


def webp_uri(picture):
    """A WebP image, given as bytes, as a data URI."""
    return "data:image/webp;base64," + base64.b64encode(picture).decode()


def flatten(tree, prefix=""):
    """Nested settings as pairs of dotted name and value.

    Args:
        tree: Nested dictionaries and lists.
        prefix: Dotted name of the tree; empty for the whole configuration.
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


def count_engines(records):
    """Number of subjects per step and engine.

    Args:
        records: JSON texts of {step: {engine, version}}.

    Returns:
        Sorted list of (step, engine, version, n_subjects).
    """
    counts = {}
    for text in records:
        for step, used in json.loads(text).items():
            key = (step.replace("_", " "), used["engine"], used["version"])
            counts[key] = counts.get(key, 0) + 1
    return [(*key, n) for key, n in sorted(counts.items(), key=str)]


def software_versions(packages=PACKAGES):
    """Installed packages of the running environment as pairs of name and version."""
    installed = []
    for package in packages:
        try:
            installed.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return installed


def style():
    """The style sheet of all pages: package data, so that a wheel contains it."""
    return resources.files("contrast2map.report").joinpath("page.css").read_text(encoding="utf-8")


def joined(paths):
    """Concatenate style sheets or scripts without escaping them."""
    return Markup("\n".join(Path(path).read_text() for path in paths))


def render(template, parts=None, **content):
    """Fill a template; a name that is missing from `content` raises an error.

    Templates may use the filter `usual_name` (`study.contrast_names`).

    Args:
        template: Text of a Jinja template. Values are escaped unless they are `markupsafe.Markup`
            or render themselves as HTML.
        parts: Dict mapping the name of each included template to its text.
        **content: Values by name.
    """
    environment = jinja2.Environment(
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        loader=jinja2.DictLoader(parts or {}),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["usual_name"] = usual_name
    return environment.from_string(template).render(**content)
