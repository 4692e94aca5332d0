"""From a valid study or a package to what coders need: agreement, consensus, files of other tools."""
