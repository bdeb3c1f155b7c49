"""What stands beside THE p and THE interval, and decides nothing."""
