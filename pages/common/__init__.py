"""What every page uses: state, messages, downloads, the viewer, job progress."""
