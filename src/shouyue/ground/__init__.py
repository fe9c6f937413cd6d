"""What any software needs: values, cryptography, storage, jobs."""
