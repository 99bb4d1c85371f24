"""What this project knows of AWS: shown with its age, compared with what AWS answers, and renewed."""
