"""Content credentials (C2PA 2.x) in an MP4: a signed statement of what made it.

They lie in a box of their own beside the tags of `engine.video.metadata`, which stay as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from bot.clip import Renderer

log = structlog.get_logger(__name__)

# How the IPTC's vocabulary names a person's sketch that something set in motion.
SOURCE_TYPES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
BY_A_MODEL, BY_RULES = "compositeWithTrainedAlgorithmicMedia", "algorithmicallyEnhanced"
CURVES = {"secp256r1": b"es256", "secp384r1": b"es384", "secp521r1": b"es512"}


@dataclass(frozen=True, slots=True)
class Signing:
    """The certificate with its chain, and its private key: files in PEM."""

    certificate: Path
    key: Path

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Signing | None:
        """None unless both are named."""
        certificate, key = environment.get("C2PA_CERT"), environment.get("C2PA_KEY")
        if bool(certificate) != bool(key):
            log.error("credentials.incomplete", missing="C2PA_KEY" if certificate else "C2PA_CERT")
        return cls(Path(certificate), Path(key)) if certificate and key else None


def sign(made: Path, metadata: Mapping[str, str], signing: Signing) -> bool:
    """Put them into a finished MP4, which is left as it is where that fails: a clip without a
    signature is better than none."""
    try:
        _sign(made, metadata, signing)
    except Exception as error:  # of the library, of the files, or of what is in them
        log.error("credentials.not_signed", reason=f"{type(error).__name__}: {error}")  # noqa: TRY400
        return False
    return True


def _sign(made: Path, metadata: Mapping[str, str], signing: Signing) -> None:
    # an extra, and a library of 50 MB
    from c2pa import Builder, C2paSignerInfo, Signer

    certificate, key = signing.certificate.read_bytes(), signing.key.read_bytes()
    info = C2paSignerInfo(_algorithm(key), certificate, key, None)
    signed = made.with_name("signed")
    with (
        Signer.from_info(info) as signer,
        Builder(json.dumps(manifest(metadata))) as builder,
        made.open("rb") as source,
        signed.open("w+b") as target,
    ):
        builder.sign(signer, "video/mp4", source, target)
    signed.replace(made)


def manifest(metadata: Mapping[str, str]) -> dict[str, Any]:
    renderer = metadata.get("model", "")
    kind = BY_A_MODEL if renderer == Renderer.MODEL else BY_RULES
    created = {
        "action": "c2pa.created",
        "digitalSourceType": SOURCE_TYPES + kind,
        "softwareAgent": {"name": f"sketchlife ({renderer})"},
        "description": metadata.get("comment", ""),
    }
    return {
        "claim_generator_info": [{"name": "sketchlife"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [created]}}],
    }


def _algorithm(key: bytes) -> bytes:
    """What its kind of key signs with. Raises `ValueError` for one that C2PA does not know."""
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    match load_pem_private_key(key, password=None):
        case Ed25519PrivateKey():
            return b"ed25519"
        case RSAPrivateKey():
            return b"ps256"
        case EllipticCurvePrivateKey(curve=curve) if curve.name in CURVES:
            return CURVES[curve.name]
    raise ValueError("C2PA knows no such kind of key")
