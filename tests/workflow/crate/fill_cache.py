"""Put RO-Crate's JSON-LD context into the validator's cache, so that it validates offline.

Runs in the validator's environment. The context is that of RO-Crate 1.1 (CC0), as published at
https://w3id.org/ro/crate/1.1/context.
"""

import gzip
import io
import sys
from pathlib import Path

from requests.adapters import HTTPAdapter
from requests_cache import CachedSession
from urllib3 import HTTPResponse

CONTEXT = Path(__file__).with_name("context_1_1.jsonld.gz")
URL = "https://w3id.org/ro/crate/1.1/context"


class FromFile(HTTPAdapter):
    """Answers each request with the context."""

    def send(self, request, **_):
        raw = HTTPResponse(
            io.BytesIO(gzip.decompress(CONTEXT.read_bytes())),
            {"Content-Type": "application/ld+json"},
            200,
            preload_content=False,
            request_url=request.url,
            request_method="GET",
        )
        return self.build_response(request, raw)


session = CachedSession(cache_name=sys.argv[1], backend="sqlite", expire_after=-1)
session.mount("https://w3id.org/", FromFile())
session.get(URL).raise_for_status()
