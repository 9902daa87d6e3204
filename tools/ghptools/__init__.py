"""Host tools of the GHP unit controller: the simulated machine, the virtual board, scenarios."""
