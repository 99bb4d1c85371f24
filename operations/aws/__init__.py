"""What AWS is asked, and what its answers and errors mean."""
