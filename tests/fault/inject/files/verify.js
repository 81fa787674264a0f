// starts it
