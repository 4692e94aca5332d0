"""Files of other tools <-> `Project`: hostile ones are refused, nothing is written but what is asked for."""
