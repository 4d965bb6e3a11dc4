// Live regions, palette and keys. Every page works without this file.
