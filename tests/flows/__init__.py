"""Tests of whole flows: a registry in, the bytes of an initrd and one recorded kexec out."""
