"""What is asked of the machine: files, checksums, locks, processes and signals."""
