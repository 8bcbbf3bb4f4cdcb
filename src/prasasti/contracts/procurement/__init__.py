"""Contract ``procurement``. So far: releases of processes that run in other systems, attested by their publisher."""
