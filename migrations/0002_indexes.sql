-- PostgreSQL indexes primary keys and UNIQUE by itself, and references not: without these, each list of a user's documents
-- and each delete of a user reads whole tables. The time is in the same index because lists are read in its order.

CREATE INDEX documents_user_id_created_at ON documents (user_id, created_at DESC);

CREATE INDEX conversations_user_id_updated_at ON conversations (user_id, updated_at DESC);

CREATE INDEX messages_conversation_id_created_at ON messages (conversation_id, created_at);

-- A search in S3 Vectors answers with vector ids; documents without a vector are never looked up by it.
CREATE INDEX documents_vector_id ON documents (vector_id) WHERE vector_id IS NOT NULL;

-- Documents are filtered by what is in their metadata (metadata @> '{"language": "en"}'), for which jsonb_path_ops is the
-- smaller and faster kind. Conversations and messages are found by their ids: there a GIN index would only slow down writes.
CREATE INDEX documents_metadata ON documents USING gin (metadata jsonb_path_ops);
