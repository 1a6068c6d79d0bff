"""到岗确认: what a host says of the people sent to it, month by month, until the bureau recognises it."""
