"""The fast engine: the names and values of pyradiomics 3.0.1, from wheels only.

``preparation`` makes image and region ready, ``filters`` derive images, ``levels`` turns intensities into grey levels,
``matrices`` counts (compiled loops), ``classes`` holds the formulas (array arithmetic), ``engine`` puts them together.
"""
