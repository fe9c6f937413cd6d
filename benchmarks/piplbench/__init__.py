"""PIPLbench: GDPRbench's workloads with its defects repaired, and those that our law adds."""
