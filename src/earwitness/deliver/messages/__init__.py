"""Mails and webhook calls: written in the same transaction as their cause, sent with patience."""
