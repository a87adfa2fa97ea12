from datetime import date

from django import forms

from core.forms import DateInput


class SampleForm(forms.Form):
    name = forms.CharField(help_text="As recorded.")
    kind = forms.ChoiceField(choices=[("a", "A")], required=False)
    due_on = forms.DateField(widget=DateInput)
    is_open = forms.BooleanField(required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)


def test_widgets_get_the_class_of_their_kind():
    html = SampleForm(initial={"due_on": date(2026, 5, 12)}).as_div() + str(SampleForm())
    assert '<select name="kind" class="form-select"' in html
    assert 'class="form-check-input"' in html
    assert '<textarea name="note" class="form-control"' in html
    assert 'type="date"' in html
    assert 'value="2026-05-12"' in html


def test_field_shows_its_error_and_says_so_to_screen_readers():
    html = str(SampleForm({"name": ""})["name"].as_field_group())
    assert 'aria-invalid="true"' in html
    assert 'id="id_name_error"' in html
    assert "id_name_error" in html.split("aria-describedby=")[1].split('"')[1]
    assert "MISSING_TEMPLATE_VARIABLE" not in html
