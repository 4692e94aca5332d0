"""From a valid study or a package to what coders need: agreement, consensus, other tools' files; the order only."""
