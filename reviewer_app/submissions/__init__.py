"""What a team hands in, and how predictions meet the dataset's examples."""
