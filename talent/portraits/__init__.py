"""Teacher portraits (教师数字画像): from three school years of records to six scores and a describing type.

The room of scikit-learn, scipy and pandas. Nothing here feeds pay, titles or tiers: a portrait describes.

``settings``   weights, points and thresholds, each with its meaning
``features``   the matrix: one row a teacher, one column an indicator, three states (value, 0, not collected)
``scores``     six dimension scores 0..100 and the scale they stand on
``start``      the k-means start of the groups
``mixture``    the mixed latent-class model and its EM
``fitting``    start and EM of the rows a model is fitted on
``assign``     memberships in chunks, and what each input contributed to them
``stability``  do the groups come back on resampled districts, and is there anything but chance to find
``choose``     the evidence for a number of groups
``continuity`` next year's groups under last year's numbers
``surroundings`` audit, peers, growth and profiles of a result: what pages show of it
``build``      all of it in order: ``build(features, k=…, seed=…) -> Result``

Around the method: ``reading`` makes the matrix of the records, ``commands`` build and store a run, ``publication``
takes it from draft to published, ``queries`` and ``runs`` read it, ``objections`` are what teachers say against it.
Pages import only the last four.

scikit-learn takes seconds to import, so callers outside this package import its modules where they use them.
"""
