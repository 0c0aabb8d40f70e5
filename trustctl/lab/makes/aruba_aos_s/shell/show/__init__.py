"""`show`: forms recorded in ntc-templates (hp_procurve) and by terraform-provider-aoss, or in the guides."""
