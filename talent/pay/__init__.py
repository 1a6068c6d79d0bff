"""Incentive pay for paired assistance (帮扶支教激励): allotment, award, and the batch."""
