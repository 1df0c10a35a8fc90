"""Content credentials: signed, read back by their own library, and never the loss of a clip."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from c2pa import Reader
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from structlog.testing import capture_logs

from bot.cards.provenance import provenance
from bot.clip import Clip, EncodeOrder
from bot.request import AnimationRequest, ClipFormat
from engine.video.credentials import Signing
from engine.video.encode import encode
from engine.video.metadata import read_metadata
from tests.engine.video.readers import boxes, frames_of

TAGS = provenance(AnimationRequest(seed=7), job_id="j1", renderer="model", producer="画室")
DAY = timedelta(days=1)
UNUSED = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


def certify(
    subject: str,
    key: CertificateIssuerPrivateKeyTypes,
    issuer: str,
    issuer_key: CertificateIssuerPrivateKeyTypes,
) -> x509.Certificate:
    """As C2PA asks for: version 3, for signatures, for e-mail protection, no authority itself
    unless it is its own issuer."""
    now, is_ca = datetime.now(UTC), subject == issuer
    usage = dict.fromkeys(UNUSED, False)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + 30 * DAY)
        .add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_ca, key_cert_sign=is_ca, crl_sign=is_ca, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_ca:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    is_edwards = isinstance(issuer_key, ed25519.Ed25519PrivateKey)
    return builder.sign(issuer_key, None if is_edwards else hashes.SHA256())


def _name(common: str) -> x509.Name:
    parts = {NameOID.ORGANIZATION_NAME: "Studio", NameOID.COMMON_NAME: common}
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in parts.items()])


def signing_in(folder: Path, key: CertificateIssuerPrivateKeyTypes) -> Signing:
    root_key = ec.generate_private_key(ec.SECP256R1())
    chain = [certify("us", key, "root", root_key), certify("root", root_key, "root", root_key)]
    signing = Signing(folder / "cert.pem", folder / "key.pem")
    signing.certificate.write_bytes(b"".join(one.public_bytes(Encoding.PEM) for one in chain))
    signing.key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return signing


@pytest.fixture
def signing(tmp_path: Path) -> Signing:
    return signing_in(tmp_path, ec.generate_private_key(ec.SECP256R1()))


def order_in(folder: Path, **changes: Any) -> EncodeOrder:
    return EncodeOrder(format=ClipFormat.MP4, target=folder / "clip.mp4", metadata=TAGS, **changes)


def credentials_of(path: Path) -> dict[str, Any]:
    with Reader(path) as reader:
        read: dict[str, Any] = json.loads(reader.json())
    return read


def test_a_signed_clip_says_what_made_it_and_keeps_all_else_that_it_says(
    drawn: Clip, tmp_path: Path, signing: Signing
) -> None:
    plain = encode(drawn, order_in(tmp_path / "plain"))
    file = encode(drawn, order_in(tmp_path), signing)
    read = credentials_of(file.path)
    assert read["validation_state"] == "Valid"  # by a root that nobody has to trust
    manifest = read["manifests"][read["active_manifest"]]
    assert manifest["signature_info"]["common_name"] == "us"
    said = {one["label"]: one["data"] for one in manifest["assertions"]}
    (action,) = said["c2pa.actions.v2"]["actions"]
    assert action["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert read_metadata(file.path, ClipFormat.MP4) == read_metadata(plain.path, ClipFormat.MP4)
    assert [frame.tobytes() for frame in frames_of(file)] == [
        frame.tobytes() for frame in frames_of(plain)
    ]
    names = boxes(file.path)
    assert names.index("moov") < names.index("mdat")  # it still starts before it is loaded


@pytest.mark.parametrize(
    "key",
    [
        ec.generate_private_key(ec.SECP384R1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    ],
    ids=["P-384", "RSA", "Ed25519"],
)
def test_every_kind_of_key_that_c2pa_knows(
    drawn: Clip, tmp_path: Path, key: CertificateIssuerPrivateKeyTypes
) -> None:
    file = encode(drawn, order_in(tmp_path), signing_in(tmp_path, key))
    assert credentials_of(file.path)["validation_state"] == "Valid"


def test_the_signature_fits_into_the_limit_too(
    noisy: Clip, tmp_path: Path, signing: Signing
) -> None:
    limit = encode(noisy, order_in(tmp_path)).size_bytes + 100
    file = encode(noisy, order_in(tmp_path, limit_bytes=limit), signing)
    assert file.size_bytes <= limit
    assert file.fitted == ("quality",)
    assert credentials_of(file.path)["validation_state"] == "Valid"


@pytest.mark.parametrize("wrong", ["no file", "no key", "another key", "an unknown curve"])
def test_a_clip_that_cannot_be_signed_goes_out_unsigned_and_the_log_says_why(
    drawn: Clip, tmp_path: Path, signing: Signing, wrong: str
) -> None:
    match wrong:
        case "no file":
            signing.certificate.unlink()
        case "no key":
            signing.key.write_text("-----BEGIN PRIVATE KEY-----")
        case "another key":
            other = signing_in(tmp_path / "..", ec.generate_private_key(ec.SECP256R1()))
            signing = Signing(signing.certificate, other.key)
        case "an unknown curve":
            signing = signing_in(tmp_path, ec.generate_private_key(ec.SECP256K1()))
    with capture_logs() as logs:
        file = encode(drawn, order_in(tmp_path), signing)
    assert [line["event"] for line in logs] == ["credentials.not_signed"]
    assert len(frames_of(file)) == drawn.num_frames
    assert Reader.try_create(file.path) is None


def test_one_of_the_two_alone_signs_nothing_and_is_told() -> None:
    with capture_logs() as logs:
        assert Signing.of({"C2PA_CERT": "cert.pem"}) is None
    assert [line.get("missing") for line in logs] == ["C2PA_KEY"]
    assert Signing.of({}) is None
