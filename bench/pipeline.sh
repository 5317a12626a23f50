#!/usr/bin/env bash
# What people do without us: bench/pipeline.sh REFERENCE
# An image becomes ./kernel and ./initrd, by way of an OCI layout and an unpacked root.
set -euo pipefail

skopeo copy --quiet --src-tls-verify=false "docker://$1" oci:layout:image
umoci --log=error raw unpack --image layout:image root
cp root/boot/vmlinuz-* kernel
cd root
find . | cpio --quiet --create --format=newc | zstd -1 -T0 --quiet >../initrd
