"""Tests of the registry client, against a real registry and a faulty one."""
