"""Where the project and the style sheet of its pages are, for tests at any depth."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
STYLE = ROOT / "workflow_scripts" / "contrast2map" / "report" / "page.css"
