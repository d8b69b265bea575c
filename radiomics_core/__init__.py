"""Radiomics Explorer's core: from images and masks to honest estimates. No Streamlit, no print, no global state."""

__version__ = "0.1.0"
