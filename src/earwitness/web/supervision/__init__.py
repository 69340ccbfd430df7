"""Activity logs > Whisper/Barge/Listen: who listened to whose calls, live and as recorded."""
