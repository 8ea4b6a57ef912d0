"""What people upload: rows for files, and for the sealed bytes that several files may share."""

import django.db.models.deletion
from django.db import migrations, models

import foundation.core.models
from foundation.core.row_security import allow_system, force_row_security, key_with_organisation, same_organisation


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StoredBytes",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("address", models.CharField(max_length=64)),
                ("sha256", models.CharField(max_length=64)),
                ("size", models.PositiveBigIntegerField()),
                ("wrapped_key", models.BinaryField()),
                ("stored_at", models.DateTimeField()),
                ("checked_at", models.DateTimeField(null=True)),
                ("damaged_at", models.DateTimeField(null=True)),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "verbose_name": "stored bytes",
                "verbose_name_plural": "stored bytes",
                "indexes": [
                    models.Index(fields=["checked_at"], name="bytes_by_last_check"),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("organisation", "address"), name="stored_bytes_once"),
                    models.CheckConstraint(condition=models.Q(("size__gt", 0)), name="stored_bytes_not_empty"),
                ],
            },
        ),
        migrations.CreateModel(
            name="StoredFile",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "reference",
                    models.CharField(
                        default=foundation.core.models.new_reference,
                        editable=False,
                        max_length=9,
                        unique=True,
                        verbose_name="reference",
                    ),
                ),
                ("purpose", models.CharField(max_length=60)),
                ("original_name", models.CharField(max_length=150, verbose_name="file name")),
                (
                    "file_type",
                    models.CharField(
                        choices=[
                            ("pdf", "PDF"),
                            ("docx", "Word document"),
                            ("xlsx", "Excel workbook"),
                            ("pptx", "PowerPoint presentation"),
                            ("odt", "OpenDocument text"),
                            ("ods", "OpenDocument spreadsheet"),
                            ("png", "PNG image"),
                            ("jpeg", "JPEG image"),
                            ("webp", "WebP image"),
                            ("txt", "Plain text"),
                            ("csv", "CSV"),
                        ],
                        max_length=8,
                        verbose_name="type",
                    ),
                ),
                ("sha256", models.CharField(max_length=64, verbose_name="SHA-256")),
                ("size", models.PositiveBigIntegerField(verbose_name="size")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("received", "Received"),
                            ("quarantined", "Waiting to be scanned"),
                            ("scanning", "Being scanned"),
                            ("clean", "Scanned, nothing found"),
                            ("not_scanned", "Not scanned"),
                            ("made_here", "Made by the portal"),
                            ("infected", "Harmful"),
                            ("refused", "Refused by the scanner"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="received",
                        max_length=12,
                        verbose_name="state",
                    ),
                ),
                ("scan_started_at", models.DateTimeField(null=True)),
                ("scanned_at", models.DateTimeField(null=True, verbose_name="scanned")),
                ("scanner", models.CharField(blank=True, max_length=60, verbose_name="scanner")),
                ("signatures", models.CharField(blank=True, max_length=60, verbose_name="signatures")),
                ("finding", models.CharField(blank=True, max_length=120, verbose_name="finding")),
                ("uploaded_at", models.DateTimeField(verbose_name="uploaded")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="withdrawn")),
                (
                    "bytes",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="files",
                        to="files.storedbytes",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "uploaded_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.membership"
                    ),
                ),
                (
                    "withdrawn_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="organisations.membership",
                    ),
                ),
            ],
            options={
                "ordering": ["-uploaded_at", "-pk"],
                "indexes": [
                    models.Index(fields=["organisation", "-uploaded_at", "-id"], name="file_newest"),
                    models.Index(
                        condition=models.Q(("status__in", ["quarantined", "scanning"])),
                        fields=["uploaded_at"],
                        name="file_waiting",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("scanned_at__isnull", False), models.Q(("scanner", ""), _negated=True)),
                            models.Q(
                                models.Q(("status__in", ["clean", "infected", "refused"]), _negated=True),
                                ("scanned_at__isnull", True),
                                ("scanner", ""),
                            ),
                            _connector="OR",
                        ),
                        name="file_judged_means_when_and_by_what",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("status", "withdrawn"),
                                ("withdrawn_at__isnull", False),
                                ("withdrawn_by__isnull", False),
                            ),
                            models.Q(
                                models.Q(("status", "withdrawn"), _negated=True),
                                ("withdrawn_at__isnull", True),
                                ("withdrawn_by__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="file_withdrawn_means_when_and_who",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bytes__isnull", False), ("status", "withdrawn"), _connector="OR"),
                        name="file_has_bytes_unless_withdrawn",
                    ),
                ],
            },
        ),
        *force_row_security("files_storedbytes"),
        *force_row_security("files_storedfile"),
        key_with_organisation("files_storedbytes"),
        key_with_organisation("files_storedfile"),
        same_organisation("files_storedfile", "bytes_id", "files_storedbytes"),
        same_organisation("files_storedfile", "uploaded_by_id", "organisations_membership"),
        same_organisation("files_storedfile", "withdrawn_by_id", "organisations_membership"),
        *allow_system("files_storedfile", purpose="scan", commands=("SELECT", "UPDATE")),
        *allow_system("files_storedbytes", purpose="scan"),
        *allow_system("files_storedbytes", purpose="files-upkeep", commands=("SELECT", "UPDATE")),
    ]
