"""Debian's Chromium as the tests of pages start it: headless, no network, WebGL in software."""

import shutil

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--enable-unsafe-swiftshader --use-gl=angle --use-angle=swiftshader"
).split()
