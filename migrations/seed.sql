-- Sample data for a developer's database: aurora-serverless seed. The ids are fixed, so that it can run any number of times.

INSERT INTO users (id, email) VALUES
    ('00000000-0000-4000-8000-000000000001', 'reader@example.com'),
    ('00000000-0000-4000-8000-000000000002', 'editor@example.com')
ON CONFLICT DO NOTHING;

INSERT INTO documents (id, user_id, title, content, metadata, vector_id) VALUES
    ('00000000-0000-4000-8000-000000000101', '00000000-0000-4000-8000-000000000001', 'House rules',
     'Doors open at nine. Books go back to the shelf they came from.',
     '{"language": "en", "source": "upload", "pages": 1}', 'sample-vector-1'),
    ('00000000-0000-4000-8000-000000000102', '00000000-0000-4000-8000-000000000001', 'Opening hours',
     'Monday to Friday from nine to six.', '{"language": "en", "source": "web"}', 'sample-vector-2'),
    ('00000000-0000-4000-8000-000000000103', '00000000-0000-4000-8000-000000000002', 'Draft without a vector',
     NULL, NULL, NULL)
ON CONFLICT DO NOTHING;

INSERT INTO conversations (id, user_id, title, metadata) VALUES
    ('00000000-0000-4000-8000-000000000201', '00000000-0000-4000-8000-000000000001', 'When is the house open?',
     '{"channel": "web"}'),
    ('00000000-0000-4000-8000-000000000202', '00000000-0000-4000-8000-000000000002', 'Help with a draft', NULL)
ON CONFLICT DO NOTHING;

INSERT INTO messages (id, conversation_id, role, content, metadata) VALUES
    ('00000000-0000-4000-8000-000000000301', '00000000-0000-4000-8000-000000000201', 'system',
     'Answer from the documents only.', NULL),
    ('00000000-0000-4000-8000-000000000302', '00000000-0000-4000-8000-000000000201', 'user',
     'When is the house open?', NULL),
    ('00000000-0000-4000-8000-000000000303', '00000000-0000-4000-8000-000000000201', 'assistant',
     'Monday to Friday from nine to six.', '{"documents": ["00000000-0000-4000-8000-000000000102"]}'),
    ('00000000-0000-4000-8000-000000000304', '00000000-0000-4000-8000-000000000202', 'user',
     'Please shorten my draft.', NULL)
ON CONFLICT DO NOTHING;
