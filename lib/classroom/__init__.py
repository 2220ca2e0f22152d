"""The classroom: exercises, the sealed answer key, worked solutions, the student's copy, the teaching guide's check."""
