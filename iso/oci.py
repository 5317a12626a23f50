"""Makes an OCI image, in an archive as `skopeo` and `podman` read it, of layers that are plain tar.

    python3 oci.py ARCHIVE LABEL=VALUE... -- LAYER.tar...

The same layers, labels and SOURCE_DATE_EPOCH give the same bytes. Formats: OCI image-spec 1.1 ("Image Layout",
"Manifest", "Config").
"""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

MEDIA = "application/vnd.oci.image"


def main(archive, labels, layers):
    """Write the archive."""
    epoch = int(os.environ["SOURCE_DATE_EPOCH"])
    created = datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    with tarfile.open(archive, "w", format=tarfile.USTAR_FORMAT) as image:

        def add(name, data):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mtime = len(data), epoch
            image.addfile(entry, io.BytesIO(data))

        def blob(kind, data):
            digest = hashlib.sha256(data).hexdigest()
            add(f"blobs/sha256/{digest}", data)
            return {"mediaType": f"{MEDIA}.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

        def document(value):
            return json.dumps(value, separators=(",", ":"), sort_keys=True).encode()

        add("oci-layout", document({"imageLayoutVersion": "1.0.0"}))
        diff_ids = ["sha256:" + hashlib.sha256(Path(layer).read_bytes()).hexdigest() for layer in layers]
        blobs = [blob("layer.v1.tar+zstd", compressed(layer)) for layer in layers]
        config = {
            "created": created,
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["/init"], "Labels": labels},
            "rootfs": {"type": "layers", "diff_ids": diff_ids},
            "history": [{"created": created, "created_by": f"build-iso.sh: {Path(layer).stem}"} for layer in layers],
        }
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{MEDIA}.manifest.v1+json",
            "config": blob("config.v1+json", document(config)),
            "layers": blobs,
            "annotations": labels,
        }
        entry = blob("manifest.v1+json", document(manifest))
        entry["annotations"] = {"org.opencontainers.image.ref.name": labels["org.opencontainers.image.version"]}
        add("index.json", document({"schemaVersion": 2, "mediaType": f"{MEDIA}.index.v1+json", "manifests": [entry]}))


def compressed(layer):
    """Return the bytes of a layer, compressed: they are the same however many threads there are."""
    command = ["zstd", "--quiet", "--stdout", "-15", "--threads=0", layer]
    return subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout


if __name__ == "__main__":
    middle = sys.argv.index("--")
    main(sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:middle]), sys.argv[middle + 1 :])
