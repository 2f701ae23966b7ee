"""What the scripts on the host share: events, archives, QEMU, the narration."""
